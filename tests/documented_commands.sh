#!/usr/bin/env bash
# Every command that README.md, docs/*.md and scripts/guide print, pasted, each block against a mock of
# its own. A block that cannot run here has `<!-- not run by the tests: WHY -->` on the line above it.
#   tests/documented_commands.sh BIN_FOLDER
set -euo pipefail
bin=$(realpath "${1:?"which folder of programs?"}")
mock=$bin/heygen-mock-server
export PATH="$bin:$PATH"
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

# The README's and the pages' blocks. Each gets a free port in place of 8765, and runs in a folder of its
# own, where my-adapter and my-program are the reference client.
folder=$work/blocks
mkdir -p "$folder/bin"
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
printf '#!/bin/sh\nexec heygen-client adapter\n' >"$folder/my-adapter"
printf '#!/bin/sh\nexec heygen-client "$@"\n' >"$folder/bin/my-program"
printf '# nothing fails\n' >"$folder/known.txt"
chmod +x "$folder/my-adapter" "$folder/bin/my-program"

# Prints FILE:LINE of each sh block; a block with a mark is "skip", and its reason.
blocks() {
  awk '
    /^<!-- not run by the tests: .+ -->$/ { why = $0; next }
    /^<!-- goes on from the block above -->$/ { on = 1; next }
    /^```sh$/ { print FILENAME, FNR, (on ? "on" : why == "" ? "run" : "skip"), why; why = on = ""; next }
    { why = on = "" }' README.md docs/*.md
}

take_block() { # FILE LINE
  awk -v from="$2" 'NR > from { if ($0 == "```") exit; print }' "$1"
}

run_block() { # what $work/block says
  local text=$work/block said=$work/said
  local port=8765
  if grep -q '^heygen-mock-server \(--scenario\|--listen\)' "$text"; then
    port=$(free_port) # it starts a mock itself
  elif grep -q ':8765' "$text"; then
    start_mock
    port=${url##*:}
  fi
  sed -i "s/:8765/:$port/g" "$text"
  export HEYGEN_MOCK_LISTEN=127.0.0.1:$port # for commands that leave it to the default
  if grep -qE '^heygen-mock-server [^&]*$' "$text" && ! grep -qE ' (ready|env|run|ca|scenarios|validate)' "$text"; then
    # A server in the foreground: it is the whole block, and it serves.
    (
      cd "$folder"
      HEYGEN_MOCK_LOG=off exec bash -euo pipefail -c "exec $(cat "$text")"
    ) >"$said" 2>&1 &
    pids+=($!)
    "$mock" ready --wait --timeout 20s --url "http://127.0.0.1:$port" || {
      cat "$said"
      return 1
    }
    kill "$!" && wait "$!"
    return
  fi
  (
    cd "$folder"
    PATH=$folder/bin:$PATH
    trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
    # shellcheck disable=SC1090  # the block itself
    source "$text"
  ) >"$said" 2>&1 || {
    cat "$said"
    return 1
  }
}

ran=0
mapfile -t all < <(blocks)
for i in "${!all[@]}"; do
  read -r file line what why <<<"${all[i]}"
  case $what in
    skip) printf 'not run: %s:%s %s\n' "$file" "$line" "$why" && continue ;;
    run) take_block "$file" "$line" >"$work/block" ;;
    on) take_block "$file" "$line" >>"$work/block" ;;
  esac
  ran=$((ran + 1))
  [[ ${all[i + 1]:-} != *' on '* ]] || continue
  run_block || {
    printf '%s:%s: the commands above do not run\n' "$file" "$line"
    exit 1
  }
  if grep -q 'M=http.*/s/ten-days' "$work/block"; then # the README's ten days
    expect README ' 200' "$work/said"
    expect README ' 401' "$work/said"
    expect README 'the access token expired' "$work/said"
  fi
  if [ "$what" = on ]; then cp "$work/said" "$work/$(basename "$file")"; fi
done
for text in 'begun here' '"error":"invalid_grant"' '"why"' '"expires_in":864000' ' 401' ' 200'; do
  expect first-login "$text" "$work/first-login.md"
done
[ "$ran" -ge 25 ] || {
  echo "only $ran blocks were found"
  exit 1
}
echo "$ran blocks of commands did what they say"
