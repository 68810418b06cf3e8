# shellcheck shell=bash
# Shared by tests that run the programs: a folder and one server of their own, gone at the end.
work=$(mktemp -d)
pid=
cleanup() {
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
fail() {
  printf 'FAILED: %s\n' "$*"
  exit 1
}
