#!/usr/bin/env bash
# packaging/docker/Dockerfile, built by buildah without a daemon (chroot isolation) on a base that
# debootstrap makes in place of debian:12; the image's server and its health check run as nobody.
# Takes minutes and root: only when HEYGEN_TEST_IMAGE=1 is set, else skipped (77).
#   HEYGEN_TEST_IMAGE=1 tests/image_test.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"
source tests/debian_root.sh
trap - ERR

skip() {
  printf 'skipped: %s\n' "$1"
  exit 77
}
[ "${HEYGEN_TEST_IMAGE:-}" = 1 ] || skip 'takes minutes; HEYGEN_TEST_IMAGE=1 runs it'
[ "$(id -u)" = 0 ] || skip 'debootstrap and chroot need root'
command -v buildah >/dev/null || skip 'buildah is not installed (scripts/install-deps package)'
command -v debootstrap >/dev/null || skip 'debootstrap is not installed (scripts/install-deps package)'

work=$(mktemp -d)
buildah() { command buildah --root "$work/images" --runroot "$work/run" --storage-driver vfs "$@"; }
server=
cleanup() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  buildah rm --all >/dev/null 2>&1 || true
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT
export BUILDAH_ISOLATION=chroot

say "a base in place of debian:12"
debian_root "$work/base" "$work/debootstrap.log"
base=$(buildah from scratch)
buildah copy -q "$base" "$work/base" / >/dev/null
buildah commit -q "$base" docker.io/library/debian:12 >/dev/null

say "building packaging/docker/Dockerfile"
# What git would give, not what was built here.
mkdir "$work/context"
git ls-files -z | xargs -0 cp --parents -t "$work/context"
buildah bud --pull-never --format docker -f "$work/context/packaging/docker/Dockerfile" -t heygen-mock \
  "$work/context" >"$work/build.log" 2>&1 || {
  tail -n 40 "$work/build.log"
  die "the image does not build"
}
buildah images --format '{{.Name}} {{.Size}}' localhost/heygen-mock

say "running it"
container=$(buildah from --pull-never localhost/heygen-mock)
root=$(buildah mount "$container")
[ "$(find "$root" -type f -perm /111 -path '*/bin/*' | wc -l)" = 1 ] || die "more than one program"
[ ! -e "$root/bin/sh" ] || die "a shell is in the image"
[ "$(find "$root" -type f | sed "s|^$root||" | sort | tr '\n' ' ')" = '/etc/passwd /usr/bin/heygen-mock-server ' ] ||
  die "the program is not all that is in the image"
url=http://127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
program=/usr/bin/heygen-mock-server
chroot --userspec=65532:65532 "$root" "$program" --listen "${url#http://}" --state-dir /tmp/state --log off &
server=$!
chroot --userspec=65532:65532 "$root" "$program" ready --wait --timeout 20s --url "$url" ||
  die "the health check does not hold"
buildah run "$container" -- "$program" ready --url "$url" || die "it does not hold as the image's user"
kill "$server" && wait "$server"
server=
say "the image holds"
