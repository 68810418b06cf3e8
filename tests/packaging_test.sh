#!/usr/bin/env bash
# What is given away for other systems: read by the tool that knows the format where this machine has
# one, run as far as it can be, and said so where it cannot.
#   tests/packaging_test.sh BIN_FOLDER
set -euo pipefail
bin=$(realpath "${1:?"which folder of programs?"}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/lib.sh
source tests/lib.sh
has() {
  command -v "$1" >/dev/null && return
  printf 'not run: %s is not installed: %s\n' "$1" "$2"
  return 1
}

# --- CI files and compose: YAML, and the shell inside it -------------------------------------------
yaml=(.github/workflows/*.yml packaging/github/action.yml packaging/gitlab/*.yml
  packaging/docker/compose.yaml packaging/docker/replicas.yaml)
if has yamllint 'the CI files are not read'; then
  yamllint -s -d '{extends: relaxed, rules: {line-length: disable}}' "${yaml[@]}"
fi
if python3 -c 'import yaml' 2>/dev/null; then
  # The scripts of the composite action and of the GitLab job, as bash.
  python3 - "$work" <<'PYTHON'
import sys, yaml
work = sys.argv[1]
action = yaml.safe_load(open("packaging/github/action.yml"))
assert action["runs"]["using"] == "composite"
steps = action["runs"]["steps"]
assert all("uses" in s or ("run" in s and "shell" in s) for s in steps), "a run step needs its shell"
open(f"{work}/action.sh", "w").write("\n".join(s["run"] for s in steps if "run" in s))
jobs = yaml.safe_load(open("packaging/gitlab/heygen-mock.gitlab-ci.yml"))
script = jobs[".heygen-mock"]["before_script"]
assert all(isinstance(line, str) for line in script), "a colon made a line into a mapping"
open(f"{work}/gitlab.sh", "w").write("\n".join(script))
service = yaml.safe_load(open("packaging/docker/compose.yaml"))["services"]["heygen"]
assert service["read_only"] is True and service["ports"][0].startswith("127.0.0.1:")
replicas = yaml.safe_load(open("packaging/docker/replicas.yaml"))["services"]
assert replicas["balancer"]["ports"] == ["127.0.0.1:8765:8765"]
assert "ports" not in replicas["heygen"] and "ports" not in replicas["redis"]
workflow = yaml.safe_load(open(".github/workflows/ci.yml"))
assert workflow["permissions"] == {"contents": "read"}
PYTHON
  # SC2086: flags are several words. SC2153: inputs come in capitals. SC2164: the runner's shell is bash -e.
  shellcheck -s bash -e SC2086,SC2153,SC2164 "$work/action.sh" "$work/gitlab.sh"
else
  echo 'not run: python3-yaml is not installed: the scripts in the CI files are not read'
fi
python3 -m json.tool .devcontainer/devcontainer.json >/dev/null || fail devcontainer.json

# --- the container: its root is made and the program runs in it; no daemon builds it here ----------
packaging/docker/collect-root "$bin/heygen-mock-server" "$work/image"
[ "$(find "$work/image" -type f -perm /111 -path '*/bin/*' | wc -l)" = 1 ] || fail 'more than one program'
[ ! -e "$work/image/bin/sh" ] || fail 'a shell is in the image'
for line in '^FROM scratch$' '^USER 65532' '^HEALTHCHECK ' '^ENTRYPOINT \['; do
  grep -q "$line" packaging/docker/Dockerfile || fail "the Dockerfile has no $line"
done
if [ "$(id -u)" = 0 ] && chroot --userspec=65532:65532 "$work/image" /usr/bin/heygen-mock-server --version; then
  exec 3< <(exec env -i PATH=/usr/sbin:/usr/bin HEYGEN_MOCK_LISTEN=127.0.0.1:0 HEYGEN_MOCK_STATE_DIR=/tmp/state HEYGEN_MOCK_LOG=off \
    chroot --userspec=65532:65532 "$work/image" /usr/bin/heygen-mock-server)
  pid=$!
  read -r _ url <&3
  chroot --userspec=65532:65532 "$work/image" /usr/bin/heygen-mock-server ready --url "$url" ||
    fail 'the HEALTHCHECK does not hold in the image'
else
  echo 'not run: chroot needs root: the image is made, and not entered'
fi

if has haproxy 'the configuration of the balancer is not read'; then
  haproxy -c -q -f packaging/docker/haproxy.cfg || fail haproxy.cfg
fi

# --- the unit ---------------------------------------------------------------------------------------
if has systemd-analyze 'the unit is not verified'; then
  mkdir -p "$work/units"
  sed "s|/usr/bin/heygen-mock-server|$bin/heygen-mock-server|" \
    packaging/systemd/heygen-mock-server.service >"$work/units/heygen-mock-server.service"
  XDG_RUNTIME_DIR=$work systemd-analyze verify --man=no --user "$work/units/heygen-mock-server.service" 2>"$work/verify" ||
    { cat "$work/verify" && fail 'systemd-analyze'; }
  ! grep heygen "$work/verify" || fail 'systemd-analyze warns (above)'
fi

# --- completions, asked as a shell asks them --------------------------------------------------------
# No pipe into grep -q, which would leave the writer with a broken one.
offers() { grep -q -- "^$2" <<<"$1"; }
complete_in_bash() { # WORD...: what the last word may become
  PATH=$bin:$PATH bash -c 'source packaging/completions/heygen.bash
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _heygen; printf "%s\n" "${COMPREPLY[@]}"' _ "$@"
}
offers "$(complete_in_bash heygen-mock-server sc)" scenarios || fail 'bash: a subcommand'
offers "$(complete_in_bash heygen-mock-server ready --w)" --wait || fail 'bash: a flag of a subcommand'
offers "$(complete_in_bash heygen-conformance client --ju)" --junit || fail 'bash: --junit'
if has fish 'its completions are not asked'; then
  complete_in_fish() {
    PATH=$bin:$PATH HOME=$work fish -c "source packaging/completions/heygen.fish; complete -C '$1'"
  }
  offers "$(complete_in_fish 'heygen-mock-server sc')" scenarios || fail 'fish: a subcommand'
  offers "$(complete_in_fish 'heygen-mock-server ready --w')" --wait || fail 'fish: a flag'
fi
echo 'what is given away holds as far as it was run'
