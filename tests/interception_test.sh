#!/usr/bin/env bash
# HTTPS and the proxy as a user meets them: what `env` prints is read by the shells it is for, fixed
# addresses are reached without -k, and nobody else is, however the address is spelt.
#   tests/interception_test.sh MOCK_SERVER
set -euo pipefail
mock=$(realpath "${1:?"which heygen-mock-server?"}")
command -v openssl >/dev/null || {
  echo 'skipped: openssl is not installed (scripts/install-deps test)'
  exit 77
}

# shellcheck source=tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
mkdir "$work/home"
# Nothing of the caller's own proxies and certificates.
clean() { env -i PATH="$PATH" HOME="$work/home" "$@"; }

exec 3< <(exec env -i PATH="$PATH" HOME="$work/home" "$mock" --listen 127.0.0.1:0 \
  --https 127.0.0.1:0 --proxy 127.0.0.1:0 --ready-file "$work/ready.json" --log off 2>"$work/log")
pid=$!
ready='' https='' proxy='' ca=''
for key in ready https proxy ca; do
  read -r word value <&3
  [ "$word" = "$key" ] || fail "the line '$word $value' is not '$key …': $(cat "$work/log")"
  declare "$key=$value"
done
port=${https##*:} url=$ready

# --- the authority: its owner's alone, and good for the names served, no others --------------------
state=$(dirname "$ca")
[ "$state" = "$work/home/.local/state/heygen-mock-server" ] || fail "the state is in $state"
[ "$(stat -c %a "$state" "$state/ca-key.pem" | xargs)" = '700 600' ] || fail "rights of $state"
text=$(openssl x509 -in "$ca" -noout -text)
for part in 'CA:TRUE' 'NIST CURVE: P-256' 'X509v3 Name Constraints: critical' 'DNS:localhost' \
  'DNS:app.heygen.com' 'DNS:api2.heygen.com' 'DNS:api.heygen.com' 'IP:127.0.0.1/255.255.255.255'; do
  grep -qF "$part" <<<"$text" || fail "the CA lacks $part"
done
[ "$(clean "$mock" ca)" = "$(cat "$ca")" ] || fail 'ca prints another certificate'

# --- leaves for every name, TLS 1.2 and up -----------------------------------------------------------
for name in 127.0.0.1 localhost app.heygen.com api2.heygen.com api.heygen.com my-test.localhost; do
  clean curl -sS --noproxy '*' --cacert "$ca" --connect-to "$name:443:127.0.0.1:$port" \
    -o /dev/null "https://$name/oauth/token" || fail "https://$name"
done
handshake() { openssl s_client -connect "127.0.0.1:$port" -CAfile "$ca" "$@" </dev/null 2>&1; }
for version in -tls1_2 -tls1_3; do
  grep -q 'Verify return code: 0' <(handshake "$version") || fail "no handshake with $version"
done
for version in -tls1 -tls1_1; do
  handshake "$version" -cipher 'ALL:@SECLEVEL=0' >"$work/old" && fail "a handshake with $version"
done

# --- env, read by the shell that it is for ---------------------------------------------------------
printed() { clean "$mock" env --ready-file "$work/ready.json" --shell "$1"; }
call='curl -sS -o /dev/null -w "%{http_code} %{ssl_verify_result}" https://api2.heygen.com/v1/oauth/token'
printed sh >"$work/env.sh"
[ "$(clean sh -c ". $work/env.sh; $call")" = '405 0' ] || fail 'env --shell sh'
if command -v fish >/dev/null; then
  printed fish >"$work/env.fish"
  [ "$(clean fish -c "source $work/env.fish; $call")" = '405 0' ] || fail 'env --shell fish'
else
  echo 'not run: fish is not installed (scripts/install-deps test)'
fi
if command -v pwsh >/dev/null; then
  printed powershell >"$work/env.ps1"
  [ "$(clean pwsh -NoProfile -Command ". $work/env.ps1; $call")" = '405 0' ] || fail 'env --shell powershell'
else
  echo 'not run: pwsh is not installed; tests/powershell_env_test.py reads what is printed by a grammar'
fi
# GITHUB_ENV and docker --env-file: NAME=VALUE, no quotes. The same as sh has it.
for shell in github docker; do
  printed "$shell" >"$work/env.$shell"
  clean sh -c "while read -r line; do export \"\$line\"; done <$work/env.$shell; env" |
    grep -E '^(HEYGEN|HYPER|HTTPS_|https_|NO_|no_|NODE_|SSL_|CURL_|REQU|DENO)' | sort >"$work/got"
  clean sh -c ". $work/env.sh; env" |
    grep -E '^(HEYGEN|HYPER|HTTPS_|https_|NO_|no_|NODE_|SSL_|CURL_|REQU|DENO)' | sort >"$work/wanted"
  [ -s "$work/wanted" ] || fail 'env --shell sh sets nothing'
  cmp -s "$work/got" "$work/wanted" || fail "env --shell $shell"
done

# --- nobody else, however spelt --------------------------------------------------------------------
hosts=(example.com heygen.com www.heygen.com api2.heygen.com.example.com api2.heygen.com. localhost
  10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 127.0.0.1 0.0.0.0 255.255.255.255
  2130706433 017700000001 0x7f000001 0x7f.1 127.1 0177.0.0.1 10.1 167772161 0xa9fea9fe metadata
  '[::1]' '[::]' '[fe80::1]' '[fc00::1]' '[fd00::1]' '[::ffff:127.0.0.1]' '[::ffff:10.0.0.1]'
  '[::ffff:7f00:1]' '[::ffff:a9fe:a9fe]' '[64:ff9b::a00:1]' '[2001:db8::1]')
proxy_port=${proxy##*:}
for host in "${hosts[@]}"; do
  for request in "CONNECT $host:443" "CONNECT $host:80" "GET http://$host/"; do
    exec 4<>"/dev/tcp/127.0.0.1/$proxy_port"
    printf '%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$request" "$host" >&4
    read -r status <&4
    exec 4>&-
    [[ $status == 'HTTP/1.1 403'* || $status == 'HTTP/1.1 400'* ]] || fail "$request: $status"
  done
done
for port in 22 8443 25; do
  exec 4<>"/dev/tcp/127.0.0.1/$proxy_port"
  printf 'CONNECT api2.heygen.com:%s HTTP/1.1\r\nHost: x\r\n\r\n' "$port" >&4
  read -r status <&4
  exec 4>&-
  [[ $status == 'HTTP/1.1 403'* ]] || fail "port $port of a vendor's host: $status"
done

# --- a run; a folder that cannot be written to -----------------------------------------------------
[ "$(clean "$mock" run -- curl -sS -o /dev/null -w '%{http_code}' \
  https://api2.heygen.com/v1/oauth/token)" = 405 ] || fail 'run -- curl'
: >"$work/file"
clean "$mock" --listen 127.0.0.1:0 --https 127.0.0.1:0 --state-dir "$work/file/x" 2>"$work/said" &&
  fail 'it starts without a state folder'
grep -q 'name a folder that can be written to with --state-dir DIR' "$work/said" || fail 'no mend'
[ "$(wc -l <"$work/said")" = 1 ] || fail "more than a line: $(cat "$work/said")"
curl -sS --noproxy '*' -o /dev/null "$url/_mock/health" || fail 'the mock is gone'
echo "the vendor's names are here, ${#hosts[@]} others in three ways are refused, env is understood"
