#!/usr/bin/env bash
# The Debian package, built by CPack, installed by apt into a root that debootstrap has just made; its
# programs run there, `ready --wait` answers, pages and completions are inside; removed without a rest.
# Takes minutes, a network of packages and root: only when HEYGEN_TEST_DEB=1 is set, else skipped (77).
#   HEYGEN_TEST_DEB=1 tests/deb_test.sh [BUILD_FOLDER]     default: build/release, built if need be
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"
source tests/debian_root.sh
trap - ERR

skip() {
  printf 'skipped: %s\n' "$1"
  exit 77
}
[ "${HEYGEN_TEST_DEB:-}" = 1 ] || skip 'takes minutes; HEYGEN_TEST_DEB=1 runs it'
[ "$(id -u)" = 0 ] || skip 'debootstrap and chroot need root'
./scripts/install-deps build package
build=${1:-build/release}

say "building the packages"
if [ "$build" = build/release ]; then build release; fi
work=$(mktemp -d)
cleanup() {
  umount "$work/root/proc" 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT
(cd "$build" && cpack -G DEB -B "$work/debs") >"$work/cpack.log" || {
  cat "$work/cpack.log"
  die "CPack failed"
}
deb=$(ls "$work"/debs/heygen-oauth-mock_*.deb)
ls "$work"/debs/heygen-oauth-mock-dev_*.deb >/dev/null

say "what is in $(basename "$deb")"
dpkg-deb --info "$deb" | grep -E '^ (Package|Version|Depends|Installed-Size)'
dpkg-deb --contents "$deb" | awk '{print $6}' >"$work/contents"
for file in bin/heygen-{mock-server,conformance,client} \
  share/man/man1/heygen-{mock-server,conformance,client}.1.gz \
  share/bash-completion/completions/heygen-{mock-server,conformance,client} \
  share/fish/vendor_completions.d/heygen-mock-server.fish share/doc/heygen-oauth-mock/copyright \
  share/heygen-oauth-mock/clients/heygen_mock.{py,ts} \
  share/heygen-oauth-mock/schemas/conformance-report.schema.json; do
  grep -qxF "./usr/$file" "$work/contents" || die "/usr/$file is missing"
done
grep -q '/systemd/user/heygen-mock-server.service$' "$work/contents" || die "the unit is missing"
lintian --allow-root --fail-on error,warning "$work"/debs/*.deb

say "a clean root"
root=$work/root
debian_root "$root" "$work/debootstrap.log"
mount -t proc proc "$root/proc" 2>/dev/null || true
cp "$deb" "$root/heygen.deb"

say "installing"
{ inside "$root" apt-get update -q && inside "$root" apt-get install -y -q --no-install-recommends /heygen.deb; } \
  >"$work/apt.log" 2>&1 || {
  tail -n 20 "$work/apt.log"
  die "apt-get could not install it"
}
say "running it there"
for program in heygen-mock-server heygen-conformance heygen-client; do inside "$root" "$program" --version; done
# shellcheck disable=SC2016  # the inner shell's
inside "$root" sh -c '
  heygen-mock-server --listen 127.0.0.1:0 --ready-file /ready.json --log off >/out & pid=$!
  while ! [ -s /ready.json ]; do kill -0 $pid || exit 1; done
  url=$(sed -n "s/.*\"url\": *\"\(http:[^\"]*\)\".*/\1/p" /ready.json)
  heygen-mock-server ready --wait --timeout 10s --url "$url" && echo "ready --wait: $?"
  kill $pid && wait $pid && echo "ended: $?"'
inside "$root" heygen-conformance client --no-color --only 'response.happy' -- heygen-client adapter | tail -n 3

say "removing it"
inside "$root" apt-get purge -y -q heygen-oauth-mock >>"$work/apt.log" 2>&1
[ -z "$(find "$work/root/usr" -name '*heygen*')" ] || die "files are left behind"
say "the package holds"
