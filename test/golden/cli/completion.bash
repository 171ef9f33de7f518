# bash completion of headway: source <(headway completion bash)
_headway() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" words=""
  case "$previous" in
    -o|--output)
      case "${COMP_WORDS[1]}" in
        plan) COMPREPLY=($(compgen -W "text json markdown" -- "$current")) ;;
        snapshot) COMPREPLY=($(compgen -f -- "$current")) ;;
        *) COMPREPLY=($(compgen -W "text json" -- "$current")) ;;
      esac
      return ;;
    --dir|--path|--token-file|--pod|--snapshot|--journal|backup|restore|validate) COMPREPLY=($(compgen -f -- "$current")); return ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$current")); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "up down wait status confirm backup restore history replay snapshot plan validate diff rollback capacity whatif blame why events evict logs exec agent token version completion help" -- "$current"))
    return
  fi
  case "${COMP_WORDS[1]}" in
    up) words="--dir --output --detach --repo --branch --path --token-file --listen --port --node-name --node-address --no-agent --service --timeout --help" ;;
    down) words="--dir --output --prune --timeout --help" ;;
    wait) words="--dir --output --revision --timeout --help" ;;
    status) words="--dir --output --watch --help" ;;
    confirm) words="--dir --output --help" ;;
    backup) words="--dir --output --help" ;;
    restore) words="--dir --output --help" ;;
    history) words="--dir --output --limit --help" ;;
    replay) words="--dir --output --from --to --journal --help" ;;
    snapshot) words="--dir --output --help" ;;
    plan) words="--dir --output --head --base --with --snapshot --repo --check --help" ;;
    validate) words="--dir --output --revision --help" ;;
    diff) words="--dir --output --help" ;;
    rollback) words="--dir --output --help" ;;
    capacity) words="--dir --output --pod --snapshot --max --help" ;;
    whatif) words="--dir --output --lose --add --apply --snapshot --repo --help" ;;
    blame) words="--dir --output --namespace --help" ;;
    why) words="--dir --output --namespace --at --journal --help" ;;
    events) words="--dir --output --namespace --warnings --help" ;;
    evict) words="--dir --output --namespace --help" ;;
    logs) words="--dir --output --namespace --container --follow --previous --tail --since --timestamps --help" ;;
    exec) words="--dir --output --namespace --container --stdin --tty --help" ;;
    agent) words="--dir --output --join --node-name --node-address --service --help" ;;
    token) words="--dir --output --ttl --help" ;;
    version) words="--dir --output --help" ;;
    completion) words="--dir --output --help" ;;
    help) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _headway headway ./headway
