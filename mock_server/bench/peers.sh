# shellcheck shell=bash
# shellcheck disable=SC2154  # url, work, rounds: scripts/bench sets them
# For scripts/bench, whose variables and functions it uses: other mocks under the same load as ours,
# each as its documentation starts it, at 16 connections. All are asked the same request over and over,
# so that the asking costs the same. The peers answer it with the same tokens each time; ours, which keeps
# its refresh tokens here (rotation "reuse"), checks it, issues an access token, kills the one before and
# writes all of it down.

peer_connections=16

# Sets `peer` to the process and `peer_url` to where its token endpoint answers.
start_wiremock() {
  mkdir -p "$work/wiremock/mappings"
  cat >"$work/wiremock/mappings/token.json" <<'MAPPING'
{
  "request": {
    "method": "POST",
    "urlPath": "/v1/oauth/token",
    "formParameters": {
      "grant_type": {"equalTo": "refresh_token"},
      "client_id": {"equalTo": "demo"}
    }
  },
  "response": {
    "status": 200,
    "headers": {"Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache"},
    "body": "{\"token_type\":\"Bearer\",\"access_token\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"expires_in\":864000,\"refresh_token\":\"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr\"}"
  }
}
MAPPING
  local port=$((20000 + RANDOM % 20000))
  java -jar build/peers/node_modules/wiremock/build/*.jar --port $port --root-dir "$work/wiremock" \
    --disable-banner >"$work/wiremock.log" 2>&1 &
  peer=$!
  peer_url=http://127.0.0.1:$port/v1/oauth/token
}

start_oauth2_mock_server() {
  local port=$((20000 + RANDOM % 20000))
  build/peers/node_modules/.bin/oauth2-mock-server -a 127.0.0.1 -p $port >"$work/oauth2.log" 2>&1 &
  peer=$!
  peer_url=http://127.0.0.1:$port/token
}

answers() {
  curl -sS -o /dev/null --fail --max-time 5 -d grant_type=refresh_token -d client_id=demo \
    -d refresh_token=r "$peer_url" 2>/dev/null
}

# measure_peer NAME STARTER: rounds of it and of ours in turn.
measure_peer() {
  local round kept
  mint 1
  kept=$(cat "$work/tokens")
  say "$1 at $peer_connections connections"
  "$2"
  pids+=("$peer")
  curl -sS -o /dev/null --retry 60 --retry-delay 1 --retry-connrefused "$peer_url" ||
    die "$1 did not start; its output: $(cat "$work"/*.log)"
  answers || die "$1 does not answer a refresh request with 200"
  # A virtual machine compiles while it is used: a warm-up, like ours.
  for round in 1 2 3; do load $peer_connections "$peer_url" '' form.lua >/dev/null; done
  for ((round = 0; round < rounds; round++)); do
    load $peer_connections "$peer_url" '' form.lua >>"$work/peer.$1"
    TOKEN=$kept load $peer_connections "$url/v1/oauth/token" '' form.lua >>"$work/beside.$1"
  done
  kill "$peer"
  wait "$peer" || true
}

measure_peers() {
  mkdir -p build/peers
  cp mock_server/bench/peers.package.json build/peers/package.json
  (cd build/peers && npm install --no-package-lock --no-audit --no-fund >npm.log 2>&1) ||
    die "npm could not install the peers: see build/peers/npm.log"
  policies '{"rotation":"reuse","old_access":"revoke"}'
  measure_peer wiremock start_wiremock
  measure_peer oauth2-mock-server start_oauth2_mock_server
}

print_peers() {
  local name theirs ours_beside times
  for name in wiremock oauth2-mock-server; do
    read -r _ theirs _ <<<"$(stats <"$work/peer.$name")"
    read -r _ ours_beside _ <<<"$(stats <"$work/beside.$name")"
    times=$(awk "BEGIN {printf \"%.1f\", $ours_beside / $theirs}")
    printf '%-18s %.0f a second, ours beside it %.0f: %s times\n' "$name" "$theirs" "$ours_beside" "$times"
    printf '"%s":{"theirs":%s,"ours":%s,"times":%s}\n' "$name" "$theirs" "$ours_beside" "$times" \
      >>"$work/peers.json"
  done
}
