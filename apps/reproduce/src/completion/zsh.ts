import type { CommandWords, OptionWords } from './words.js';

/** A script that completes the commands in zsh. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, options, values }) => {
    const first = values.length === 0 ? '*:file:_files' : `1:value:(${values.join(' ')})`;
    return `    ${name})\n      _arguments -S ${[...options.map(optionSpec), quoted(first)].join(' \\\n        ')}\n      ;;`;
  });
  return `#compdef unmask
# unmask completion zsh > "\${fpath[1]}/_unmask"

_unmask() {
  if ((CURRENT == 2)); then
    local -a commands=(
${commands.map(({ name, description }) => `      ${quoted(`${name}:${description}`)}`).join('\n')}
    )
    _describe command commands
    return
  fi
  local command=\${words[2]}
  shift words
  ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}

compdef _unmask unmask
`;
}

function optionSpec({ name, description, takesValue, isList, takesFile, values }: OptionWords): string {
  const text = description.replace(/[[\]\\:]/g, '\\$&');
  if (!takesValue) return quoted(`${name}[${text}]`);
  const action = takesFile ? '_files' : values.length === 0 ? ' ' : isList ? `_values -s , value ${values.join(' ')}` : `(${values.join(' ')})`;
  return quoted(`${name}[${text}]:value:${action}`);
}

/** A word of a shell command. */
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
