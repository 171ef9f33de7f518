/** `headway completion`: scripts for bash, zsh and fish, made from the commands themselves. */
import type { Command } from 'commander'
import { EXIT_DONE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import type { CommonOptions } from '../options.js'
import { formatJson } from '../output/format.js'

export type Shell = 'bash' | 'zsh' | 'fish'

interface CompletedCommand {
  readonly name: string
  readonly description: string
  readonly options: readonly { readonly long: string; readonly short: string; readonly description: string }[]
}

export async function runCompletion(
  context: Context,
  program: Command,
  shell: Shell,
  options: CommonOptions,
): Promise<ExitCode> {
  const commands = readCommands(program)
  const script = { bash: renderBash, zsh: renderZsh, fish: renderFish }[shell](commands)
  context.out(options.output === 'json' ? formatJson({ shell, script }) : script)
  return EXIT_DONE
}

function readCommands(program: Command): readonly CompletedCommand[] {
  const help = program.createHelp()
  return help.visibleCommands(program).map((command) => ({
    name: command.name(),
    description: command.description(),
    options: help
      .visibleOptions(command)
      .map((option) => ({ long: option.long ?? '', short: option.short ?? '', description: option.description })),
  }))
}

function renderBash(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(
    (command) => `    ${command.name}) words="${command.options.map((option) => option.long).join(' ')}" ;;`,
  )
  return `# bash completion of headway: source <(headway completion bash)
_headway() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  case "$previous" in
    -o|--output)
      case "\${COMP_WORDS[1]}" in
        plan) COMPREPLY=($(compgen -W "text json markdown" -- "$current")) ;;
        snapshot) COMPREPLY=($(compgen -f -- "$current")) ;;
        *) COMPREPLY=($(compgen -W "text json" -- "$current")) ;;
      esac
      return ;;
    --dir|--path|--token-file|--pod|--snapshot|--journal|backup|restore|validate) COMPREPLY=($(compgen -f -- "$current")); return ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$current")); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map((command) => command.name).join(' ')}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _headway headway ./headway
`
}

function renderZsh(commands: readonly CompletedCommand[]): string {
  const quote = (text: string): string => text.replaceAll("'", "'\\''").replaceAll('[', '(').replaceAll(']', ')')
  const names = commands.map((command) => `    '${command.name}:${quote(command.description)}'`)
  const cases = commands.map((command) => {
    const options = command.options.map((option) => `'${option.long}[${quote(option.description)}]'`)
    return `    ${command.name}) _arguments ${options.join(' ')} '*:file:_files' ;;`
  })
  return `#compdef headway
# zsh completion of headway: headway completion zsh > "$fpath[1]/_headway"
_headway() {
  local -a commands
  commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
compdef _headway headway
`
}

function renderFish(commands: readonly CompletedCommand[]): string {
  const quote = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
  const lines = commands.flatMap((command) => [
    `complete -c headway -f -n __fish_use_subcommand -a ${command.name} -d '${quote(command.description)}'`,
    ...command.options.map((option) => {
      const short = option.short === '' ? '' : ` -s ${option.short.slice(1)}`
      return `complete -c headway -n '__fish_seen_subcommand_from ${command.name}'${short} -l ${option.long.slice(2)} -d '${quote(option.description)}'`
    }),
  ])
  return `# fish completion of headway: headway completion fish > ~/.config/fish/completions/headway.fish\n${lines.join('\n')}\n`
}
