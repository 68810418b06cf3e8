#!/usr/bin/env bash
# Both projects of examples/embed* build against an installed copy, outside this tree. The first
# passes; the second's client is no good, and its cases say so.
#   tests/embed_test.sh BUILD-FOLDER
set -euo pipefail
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --component development --prefix "$work/prefix" >"$work/install.log"

make_example() {
  cp -r "examples/$1" "$work/$1"
  if ! { cmake -S "$work/$1" -B "$work/$1/build" -DCMAKE_PREFIX_PATH="$work/prefix" \
    -DCMAKE_BUILD_TYPE=Debug && cmake --build "$work/$1/build"; } >"$work/log" 2>&1; then
    cat "$work/log"
    echo "examples/$1 does not build against the installed copy"
    exit 1
  fi
}

make_example embed
ctest --test-dir "$work/embed/build" --output-on-failure >"$work/log" || {
  cat "$work/log"
  exit 1
}

make_example embed-suite
cases=$work/embed-suite/build/conformance_test
if "$cases" --gtest_filter='Conformance.authorize*:*not_constant*:*pkce*' >"$work/log" 2>&1; then
  cat "$work/log"
  echo "a client without PKCE passes"
  exit 1
fi
for words in '\[  FAILED  \] Conformance\.pkce' 'RFC 7636' '  mend: '; do
  grep -q "$words" "$work/log" || {
    cat "$work/log"
    echo "the cases do not say: $words"
    exit 1
  }
done
