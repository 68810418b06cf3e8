# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # scripts/bench sets url, mock, work and rounds, and prints the figures
# For scripts/bench, whose variables and functions it uses: the token endpoint among a million live
# tokens, and with the stores that outlive the process.

store_connections=16
most_live=1000000

live_tokens() {
  curl -sS "$url/_mock/metrics" |
    awk '/^heygen_mock_tokens_live\{kind="access"\}/ {n = $2} END {printf "%d\n", n}'
}
# One round with new tokens at what `url` names: refreshes a second.
refreshes() {
  mint 1200
  load $store_connections "$url/v1/oauth/token"
}
# median_of NAME: of the rounds at what `url` names.
median_of() {
  local round
  refreshes >/dev/null # warm-up
  for ((round = 0; round < rounds; round++)); do refreshes >>"$work/store.$1"; done
  stats <"$work/store.$1" | awk '{print $2}'
}

# Sets `few` and `many`: refreshes a second of a mock with the 1,200 tokens in use alone, and of one
# with a million more, in turn. What a refresh replaces dies in both, so that the numbers stay.
measure_million() {
  local each round few_mock
  local -A urls
  start_mock
  few_mock=$mock
  urls[few]=$url
  policies '{"old_access":"revoke"}'
  start_mock
  urls[many]=$url
  policies '{"rotation":"reuse","old_access":"keep"}'
  until [ "$(live_tokens)" -ge $most_live ]; do
    seconds=1 refreshes >/dev/null # with new ones: where there is no more room, the oldest go
  done
  policies '{"rotation":"rotate","old_access":"revoke"}'
  for each in few many; do url=${urls[$each]} refreshes >/dev/null; done # warm-up
  for ((round = 0; round < rounds; round++)); do
    for each in few many; do
      url=${urls[$each]} refreshes >>"$work/store.$each"
    done
  done
  few=$(stats <"$work/store.few" | awk '{print $2}')
  many=$(stats <"$work/store.many" | awk '{print $2}')
  stop_mock
  mock=$few_mock
  stop_mock
}

# Sets `on_sqlite` and `on_redis`, "" where there is no redis-server; each beside `in_memory`.
measure_stores() {
  start_mock
  in_memory=$(median_of memory)
  stop_mock
  start_mock --store "sqlite:$work/bench.db"
  on_sqlite=$(median_of sqlite)
  stop_mock
  on_redis=
  command -v redis-server >/dev/null || return 0
  local port=$((20000 + RANDOM % 20000))
  redis-server --bind 127.0.0.1 --port $port --save '' --dir "$work" >"$work/redis.log" 2>&1 &
  pids+=($!)
  until redis-cli -p $port ping >/dev/null 2>&1; do :; done
  start_mock --store "redis://127.0.0.1:$port/0"
  on_redis=$(median_of redis)
  stop_mock
}
