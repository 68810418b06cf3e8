#!/usr/bin/env bash
# The reference client's login without a browser: curl follows the address that it prints, to the
# mock and back to the client's loopback listener. Then a call, ten days, a refresh by itself.
#   tests/login_with_curl.sh MOCK_SERVER CLIENT
set -euo pipefail
mock=$(realpath "${1:?"which heygen-mock-server?"}")
client=$(realpath "${2:?"which heygen-client?"}")

work=$(mktemp -d)
exec 3< <(exec "$mock" --listen 127.0.0.1:0 --log off)
mock_pid=$!
trap 'kill "$mock_pid" 2>/dev/null || true; rm -rf "$work"' EXIT
read -r line <&3
url=${line#ready }

# A home of its own: nothing of the user's is read or written.
run_client() {
  env -i PATH="$PATH" HOME="$work" "$client" "$@" --base-url "$url" --client-id demo
}

exec 4< <(run_client login --no-browser 2>&1)
login_pid=$!
while read -r line <&4; do
  [[ $line =~ http[^[:space:]]*/oauth/authorize[^[:space:]]* ]] && break
done
curl -sS -L -o "$work/page" "${BASH_REMATCH[0]}"
wait "$login_pid"
run_client call /v1/user/me | grep -q john.doe@gmail.com
curl -sS -o /dev/null "$url/_mock/clock" -H 'Content-Type: application/json' -d '{"advance":"10d"}'
run_client call /v1/user/me | grep -q john.doe@gmail.com
run_client status | grep -q 'logged in'
run_client logout >/dev/null
if run_client call /v1/user/me >"$work/said" 2>&1; then
  cat "$work/said"
  exit 1
fi
echo 'logged in by curl, refreshed after ten days, logged out'
