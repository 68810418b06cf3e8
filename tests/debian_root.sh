# shellcheck shell=bash
# Shared by tests that need a fresh Debian: a root that debootstrap makes, and commands in it. Needs root.

# debian_root FOLDER LOG: of the release and by the mirror that this machine's apt uses, which is read and
# never written down here.
debian_root() {
  local mirror suite
  target() { apt-get indextargets --format "\$($1)" 'Identifier: Packages' | sed -n 1p; }
  mirror=$(target SITE) suite=$(target RELEASE)
  eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
  export http_proxy
  debootstrap --variant=minbase "$suite" "$1" "$mirror" >"$2" 2>&1 || {
    tail -n 20 "$2"
    die "debootstrap failed"
  }
  rm -f "$1/etc/apt/sources.list" # debootstrap's, which names the mirror once more
  cp -r /etc/apt/. "$1/etc/apt/"
  cp /etc/resolv.conf "$1/etc/"
}

# inside FOLDER COMMAND...: with nothing of this machine's environment.
inside() {
  local folder=$1
  shift
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive \
    http_proxy="${http_proxy:-}" chroot "$folder" "$@"
}
