import type { CommandWords, OptionWords } from './words.js';

/** A script that completes the commands in fish. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const lines = commands.flatMap(({ name, description, options, values }) => {
    const within = `complete -c unmask -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c unmask -f -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d ${quoted(description)}`,
      ...(values.length > 0 ? [`${within} -f -a '${values.join(' ')}'`] : []),
      ...options.map((option) => `${within} -l ${option.name.slice(2)} -d ${quoted(option.description)}${valueOf(option)}`),
    ];
  });
  return `# unmask completion fish > ~/.config/fish/completions/unmask.fish\n\n${lines.join('\n')}\n`;
}

/** How the value of an option is completed. */
function valueOf({ takesValue, isList, takesFile, values }: OptionWords): string {
  if (!takesValue) return '';
  if (takesFile) return ' -r';
  if (values.length === 0) return ' -x';
  return isList ? ` -x -a '(__fish_append , ${values.join(' ')})'` : ` -x -a '${values.join(' ')}'`;
}

/** A word of a shell command. */
const quoted = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`;
