# fish completion for heygen-mock-server, heygen-conformance and heygen-client, from what --help says.
function __heygen_words
    set -l words (commandline -opc)
    set -l program $words[1]
    set -l help ($program --help 2>/dev/null)
    for word in $words[2..]
        string match -qr "^  $word " -- $help; and set help ($program $word --help 2>/dev/null)
    end
    string replace -rf '^  (?:-h,)?(--[a-z-]+).*' '$1' -- $help
    string replace -rf '^  ([a-z][a-z-]*) .*' '$1' -- $help
end
for program in heygen-mock-server heygen-conformance heygen-client
    complete -c $program -a '(__heygen_words)'
end
