#!/usr/bin/env bash
# The commands that the README and scripts/guide print, pasted, each against a mock of its own.
#   tests/documented_commands.sh MOCK_SERVER
set -euo pipefail
mock=$(realpath "${1:?"which heygen-mock-server?"}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
pids=()
cleanup() {
  kill "${pids[@]}" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

start_mock() { # sets $url
  local line
  exec 3< <(exec "$mock" --listen 127.0.0.1:0 --log off)
  pids+=($!)
  read -r line <&3
  url=${line#ready }
}

expect() { # NAME TEXT FILE
  grep -qF -- "$2" "$3" || {
    printf '%s: "%s" is not in:\n' "$1" "$2"
    cat "$3"
    exit 1
  }
}

# The guide's six steps.
start_mock
./scripts/guide "$url" >"$work/guide"
bash -euo pipefail "$work/guide" >"$work/said"
expect guide 'code: ' "$work/said"
expect guide '"expires_in":864000' "$work/said"
expect guide '"message":"Unauthorized"} (401)' "$work/said"
expect guide 'the access token expired' "$work/said"
[ "$(grep -c '^{"code":100' "$work/said")" = 2 ] || {
  cat "$work/said"
  exit 1
}

# The README's ten days.
start_mock
sed -n '/^M=http/,/^```/p' README.md | sed "/^\`\`\`/d; s|http://127.0.0.1:8765|$url|" >"$work/readme"
bash -euo pipefail "$work/readme" >"$work/said"
expect README ' 200' "$work/said"
expect README ' 401' "$work/said"
expect README 'the access token expired' "$work/said"
echo 'all commands did what they say'
