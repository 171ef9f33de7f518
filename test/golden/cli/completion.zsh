#compdef headway
# zsh completion of headway: headway completion zsh > "$fpath[1]/_headway"
_headway() {
  local -a commands
  commands=(
    'up:set up and start a cluster on this machine, and show its progress until it is healthy'
    'down:stop manager and agent; containers go on running'
    'wait:wait until a commit is healthy: exit 0 then, 1 when it is held or not there in time'
    'status:what runs, what is desired, and what waits on what'
    'confirm:let deletions go that the delete brake holds'
    'backup:save what cannot be made again: keys and the cluster repository'
    'restore:bring keys and repository back from a backup into an empty state directory'
    'history:the commits the cluster took, and what became of each'
    'replay:run the journal through the planner again: exit 0 when every plan comes out the same'
    'snapshot:save the live state without secret values, for previews elsewhere'
    'plan:what merging a revision does to the running cluster: pods, hosts, order, seconds, risks'
    'validate:check manifests as the manager would; needs no manager'
    'diff:objects and fields that differ between two revisions; exit 1 if any'
    'rollback:commit and push the reverse of a commit (default: the newest)'
    'capacity:how many more pods of a kind fit, where, and what limits; exit 1 when none does'
    'whatif:what losing or adding hosts, or another revision, does; exit 1 if a pod is stranded'
    'blame:who asked for it: container, commit, author, file and line'
    'why:why a pod is pending, restarting or where it is, in a sentence'
    'events:what happened within the last hour, and what began to wait'
    'evict:stop a pod within its disruption budget; exit 1 when the budget refuses'
    'logs:output of a pod, or of all pods of a workload'
    'exec:run a command in a container; ends with its exit code'
    'agent:join this host to a cluster and run its agent until Ctrl-C'
    'token:make a one-time token with which another host joins'
    'version:versions of this program and of the manager'
    'completion:print the completion script of a shell'
    'help:help on a command'
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
    up) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--detach[return once everything is healthy and leave manager and agent running]' '--repo[the cluster repository: a path, https://… or ssh (default: a new one with an example)]' '--branch[its branch (default: main)]' '--path[folder in it that holds the manifests (default: all of it)]' '--token-file[file with the access token of an https repository]' '--listen[address on which the manager awaits agents (default: 0.0.0.0)]' '--port[its port (default: 7443)]' '--node-name[name of this host in the cluster (default: its host name)]' '--node-address[address of this host towards the others (default: its first one)]' '--no-agent[only the manager: this machine runs no pods]' '--service[install systemd units instead of plain processes]' '--timeout[how long everything may take to become healthy]' '--help[this text]' '*:file:_files' ;;
    down) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--prune[remove every container, network and address of the cluster first]' '--timeout[how long stopping may take]' '--help[this text]' '*:file:_files' ;;
    wait) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--revision[commit, or the beginning of one, branch or tag (default: the newest commit)]' '--timeout[give up after this time]' '--help[this text]' '*:file:_files' ;;
    status) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--watch[follow changes until Ctrl-C]' '--help[this text]' '*:file:_files' ;;
    confirm) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--help[this text]' '*:file:_files' ;;
    backup) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--help[this text]' '*:file:_files' ;;
    restore) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--help[this text]' '*:file:_files' ;;
    history) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--limit[how many]' '--help[this text]' '*:file:_files' ;;
    replay) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--from[2026-11-21T10:00:00Z, 10:00 today, 20m ago (default: the beginning)]' '--to[as --from (default: the end)]' '--journal[the journal to read (default: journal/ in the state directory); needs no manager]' '--help[this text]' '*:file:_files' ;;
    snapshot) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[the file to write, for its owner only; - for standard output]' '--help[this text]' '*:file:_files' ;;
    plan) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs, markdown for a pull request]' '--head[what is to be merged (default: HEAD of the checkout you stand in, else the branch)]' '--base[what it is merged into (default: what the cluster desires now)]' '--with[other open branches, up to three: do they fit together, in which order]' '--snapshot[a saved snapshot instead of the running manager]' '--repo[the repository (default: the checkout you stand in, else the cluster’s own)]' '--check[is the plan still the one that was reviewed; exit 1 when it is not]' '--help[this text]' '*:file:_files' ;;
    validate) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--revision[a revision of the cluster repository instead of a folder]' '--help[this text]' '*:file:_files' ;;
    diff) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--help[this text]' '*:file:_files' ;;
    rollback) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--help[this text]' '*:file:_files' ;;
    capacity) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--pod[the manifest]' '--snapshot[a saved snapshot instead of the running manager]' '--max[count no further]' '--help[this text]' '*:file:_files' ;;
    whatif) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--lose[hosts that are gone]' '--add[hosts that come: 3xcpu=4,memory=16Gi(,pods=110)(,LABEL=VALUE), or 3xNODE]' '--apply[a revision of the cluster repository, taken as it is; SOURCE:REV of several sources]' '--snapshot[a saved snapshot instead of the running manager]' '--repo[the repository of --apply (default: this folder, else the cluster repository)]' '--help[this text]' '*:file:_files' ;;
    blame) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--namespace[its namespace (default: where the name is found)]' '--help[this text]' '*:file:_files' ;;
    why) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--namespace[its namespace (default: where the name is found)]' '--at[at a time that is over: 2026-11-21T10:15:00Z, 10:15 today, 20m ago]' '--journal[the journal to read with --at (default: journal/ in the state directory)]' '--help[this text]' '*:file:_files' ;;
    events) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--namespace[only those of its objects (default: all)]' '--warnings[only what is a warning]' '--help[this text]' '*:file:_files' ;;
    evict) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--namespace[its namespace (default: where the name is found)]' '--help[this text]' '*:file:_files' ;;
    logs) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--namespace[its namespace (default: where the name is found)]' '--container[the container (default: the annotated default, else the first)]' '--follow[go on with new output until Ctrl-C]' '--previous[of the container before the last restart]' '--tail[only the last lines]' '--since[only what is newer than this time ago]' '--timestamps[with the time of each line]' '--help[this text]' '*:file:_files' ;;
    exec) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--namespace[its namespace (default: where the name is found)]' '--container[the container (default: the annotated default, else the first)]' '--stdin[hand standard input to the command]' '--tty[give the command a terminal]' '--help[this text]' '*:file:_files' ;;
    agent) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--join[the string that "headway token" prints; needed the first time only]' '--node-name[name of this host in the cluster (default: its host name)]' '--node-address[address of this host towards the others (default: its first one)]' '--service[install a systemd unit instead of running here]' '--help[this text]' '*:file:_files' ;;
    token) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--ttl[how long it may be used]' '--help[this text]' '*:file:_files' ;;
    version) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--help[this text]' '*:file:_files' ;;
    completion) _arguments '--dir[state directory (default: HEADWAY_DIR, else .headway beside the launcher)]' '--output[text for people, json for programs]' '--help[this text]' '*:file:_files' ;;
    help) _arguments  '*:file:_files' ;;
  esac
}
compdef _headway headway
