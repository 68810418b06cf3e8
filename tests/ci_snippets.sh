#!/usr/bin/env bash
# docs/ci.md's pytest and Jest are examples/ci/ to the letter, and those run.
#   tests/ci_snippets.sh MOCK_SERVER WORK_FOLDER
set -euo pipefail
HEYGEN_MOCK_SERVER=$(realpath "${1:?"which heygen-mock-server?"}")
export HEYGEN_MOCK_SERVER
work=${2:?"which folder for Jest?"}
cd "$(dirname "${BASH_SOURCE[0]}")/.."

same() { # LANGUAGE FILE
  awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } /^```$/ { on = 0 } on' docs/ci.md | diff - "$2" ||
    { printf 'docs/ci.md is not what %s says (above)\n' "$2" && exit 1; }
}
same python examples/ci/pytest/test_my_app.py
same ts examples/ci/jest/my_app.test.ts

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
mkdir -p "$work"
cp examples/ci/jest/* clients/typescript/heygen_mock.ts "$work"
cd "$work"
if [ -x node_modules/.bin/jest ] || npm install --no-package-lock --no-audit --no-fund >npm.log 2>&1; then
  node_modules/.bin/jest
  ran=1
else
  echo 'not run: Jest: npm and its registry are not reachable'
fi
[ "$ran" = 1 ] || exit 77
