#!/usr/bin/env bash
# The TypeScript client: types checked and run by the compiler from npm; run by Node alone where that
# can strip types. Skipped (77), with a line that says so, when neither is there.
#   tests/typescript_client_test.sh MOCK_SERVER WORK_FOLDER
set -euo pipefail
HEYGEN_MOCK_SERVER=$(realpath "${1:?"which heygen-mock-server?"}")
export HEYGEN_MOCK_SERVER
work=${2:?"which folder for the compiler?"}
cd "$(dirname "${BASH_SOURCE[0]}")/../clients/typescript"

skip() {
  printf 'skipped: %s\n' "$1"
  exit 77
}
command -v node >/dev/null || skip 'Node is not installed (scripts/install-deps test)'
ran=0
if node -e 'process.exit(process.features.typescript ? 0 : 1)'; then
  node --test heygen_mock_test.ts
  ran=1
fi
mkdir -p "$work"
cp package.json tsconfig.json ./*.ts "$work"
cd "$work"
if [ ! -x node_modules/.bin/tsc ] &&
  ! npm install --no-package-lock --no-audit --no-fund >npm.log 2>&1; then
  [ "$ran" = 1 ] || skip 'no TypeScript: npm and its registry are not reachable'
  echo 'not type-checked: npm and its registry are not reachable'
  exit 0
fi
rm -rf out
node_modules/.bin/tsc --outDir out
node --test out/
