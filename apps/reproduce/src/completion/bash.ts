import type { CommandWords } from './words.js';

/** A script that completes the commands in bash; where it knows no words, bash offers files. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options.filter((option) => option.takesValue).map((option) => {
      const words = option.values.join(' ');
      const action = words === '' ? ':' : `${option.isList ? '_unmask_list' : '_unmask_words'} '${words}'`;
      return `    '${name} ${option.name}') ${action}; return ;;`;
    }),
  );
  const options = commands.map(({ name, options: own, values: first }) => `    ${name}) _unmask_words '${[...first, ...own.map((option) => option.name)].join(' ')}' ;;`);
  return `# unmask completion bash > ~/.local/share/bash-completion/completions/unmask

_unmask_words() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}

# Completes the last of several words with commas between.
_unmask_list() {
  local before=''
  [[ $current == *,* ]] && before="\${current%,*},"
  COMPREPLY=($(compgen -P "$before" -W "$1" -- "\${current##*,}"))
}

_unmask() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _unmask_words '${commands.map(({ name }) => name).join(' ')} --help'
    return
  fi
  case "$command $previous" in
${values.join('\n')}
  esac
  case "$command" in
${options.join('\n')}
  esac
}

complete -o default -F _unmask unmask
`;
}
