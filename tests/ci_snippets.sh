#!/usr/bin/env bash
# docs/ci.md's blocks are examples/ci/ (and examples/embed) to the letter, and those run: pytest, Jest, Go
# and the CI files here, GoogleTest's in tests/embed_test.sh.
#   tests/ci_snippets.sh BIN_FOLDER WORK_FOLDER
set -euo pipefail
bin=$(realpath "${1:?"which folder of programs?"}")
export HEYGEN_MOCK_SERVER=$bin/heygen-mock-server PATH=$bin:$PATH
mkdir -p "${2:?"which folder for Jest?"}"
work=$(realpath "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

same() { # HEADING LANGUAGE FILE
  awk -v heading="## $1" -v fence="\`\`\`$2" '/^## / { here = index($0, heading) == 1 }
    here && $0 == fence { on = 1; next } /^```$/ { on = 0 } on' docs/ci.md | diff - "$3" ||
    { printf 'docs/ci.md is not what %s says (above)\n' "$3" && exit 1; }
}
same pytest python examples/ci/pytest/test_my_app.py
same Jest ts examples/ci/jest/my_app.test.ts
same Go go examples/ci/go/my_app_test.go
same GoogleTest cpp examples/embed/embed_test.cc
same GitHub yaml examples/ci/github/workflow.yml
same GitLab yaml examples/ci/gitlab/.gitlab-ci.yml

ran=0
python=
for candidate in python3 /usr/bin/python3; do
  "$candidate" -c 'import pytest' 2>/dev/null && python=$candidate && break
done
if [ -n "$python" ]; then
  PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=clients/python "$python" -m pytest -q -p no:cacheprovider examples/ci/pytest
  ran=1
else
  echo 'not run: pytest is not installed (scripts/install-deps test)'
fi
if command -v go >/dev/null; then
  (cd examples/ci/go && GOFLAGS=-mod=mod GOCACHE=$work/go-cache go test -count=1 ./...)
  ran=1
else
  echo 'not run: Go is not installed (scripts/install-deps interop)'
fi
for runner in github gitlab; do
  code=0
  tests/ci_runner.py $runner "$bin" || code=$?
  case $code in
    0) ran=1 ;;
    77) ;;
    *) exit 1 ;;
  esac
done
cp examples/ci/jest/* clients/typescript/heygen_mock.ts "$work"
cd "$work"
if [ -x node_modules/.bin/jest ] || npm install --no-package-lock --no-audit --no-fund >npm.log 2>&1; then
  node_modules/.bin/jest
  ran=1
else
  echo 'not run: Jest: npm and its registry are not reachable'
fi
[ "$ran" = 1 ] || exit 77
