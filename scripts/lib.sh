# shellcheck shell=bash
# Shared by the scripts: strict mode, the root, one way to say what is going on.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export ROOT
cd "$ROOT"

say() { printf '== %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# What failed is said last, where people look.
trap 'printf "%s: failed at line %s: %s\n" "$0" "$LINENO" "$BASH_COMMAND" >&2' ERR

# A compiler cache where there is one: a second build costs seconds.
if command -v ccache >/dev/null 2>&1; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
  export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros} # of precompiled headers
fi

# build PRESET [TARGET...]: configure when needed, then build.
build() {
  local preset=$1 log
  shift
  log=build/$preset-build.log
  mkdir -p build
  # CI builds from nothing; who changes one file waits less without.
  if ! cmake --preset "$preset" ${CI:+-DHEYGEN_QUICK_BUILD=ON} >"$log" 2>&1; then
    cat "$log" >&2
    die "cmake could not configure the '$preset' preset (its output is above)"
  fi
  if [ -t 2 ]; then
    cmake --build --preset "$preset" ${1:+--target "$@"} >&2 || die "the build failed (above)"
  elif ! cmake --build --preset "$preset" ${1:+--target "$@"} >>"$log" 2>&1; then
    tail -n 60 "$log" >&2
    die "the build failed; the whole output is in $log"
  fi
}
