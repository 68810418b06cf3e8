# bash completion for heygen-mock-server, heygen-conformance and heygen-client: what --help says of the
# command that has been typed so far, so that it cannot go stale. zsh: bashcompinit.
_heygen() {
  local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} command='' help names
  local i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      --) return ;;
      -*) ;;
      *)
        "$program" --help 2>/dev/null | sed -n '/^Subcommands:/,$p' | grep -q "^  ${COMP_WORDS[i]} " &&
          command=${COMP_WORDS[i]}
        ;;
    esac
  done
  # shellcheck disable=SC2086  # no command is no word
  help=$("$program" $command --help 2>/dev/null)
  names=$(grep -oE '^  (-h,)?--[a-z-]+' <<<"$help" | sed 's/.*--/--/')
  [ -n "$command" ] || names+=$'\n'$(sed -n '/^Subcommands:/,$p' <<<"$help" | grep -oE '^  [a-z][a-z-]*')
  mapfile -t COMPREPLY < <(compgen -W "$names" -- "$word")
}
complete -o default -F _heygen heygen-mock-server heygen-conformance heygen-client
