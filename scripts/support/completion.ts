/** What can follow a command's name, where its usage says it: `add remove list` for `<add|remove|list> [kind]`. */
function choicesOf(usage: string): string[] {
  const first = /^[<[]([^>\]]*\|[^>\]]*)[>\]]/.exec(usage)?.[1];
  return first?.split("|") ?? [];
}

/**
 * A shell's completion of `solvent`: names of commands, what can follow one, and its flags, which it is asked for by `--help`.
 * @param commands - usage by name. @param shell - zsh reads it by its own translation of bash's words.
 * @returns a script for the shell to source.
 */
export function completionScript(shell: "bash" | "zsh", commands: Readonly<Record<string, string>>): string {
  const choices = Object.entries(commands).flatMap(([name, usage]) => {
    const words = choicesOf(usage).join(" ");
    return words === "" ? [] : [`    ${name}) words="${words}" ;;`];
  });
  return [
    ...(shell === "zsh" ? ["autoload -U +X compinit bashcompinit && compinit && bashcompinit"] : []),
    "_solvent() {",
    `  local word="\${COMP_WORDS[COMP_CWORD]}" command="\${COMP_WORDS[1]}" words=""`,
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${Object.keys(commands).join(" ")}"`,
    '  elif [ "${word:0:1}" = "-" ]; then',
    `    words="$("\${COMP_WORDS[0]}" "$command" --help 2>/dev/null | grep -oE -- '--[a-z0-9-]+' | sort -u)"`,
    '  elif [ "$COMP_CWORD" -eq 2 ]; then',
    '    case "$command" in',
    ...choices,
    "    esac",
    "  fi",
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    "}",
    "complete -o default -F _solvent solvent",
    "",
  ].join("\n");
}
