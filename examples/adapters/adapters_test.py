"""Do the example adapters drive their libraries through a login and all that follows it?
Usage: adapters_test.py HEYGEN_CONFORMANCE; exit 77 when neither library is installed."""
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKS = ["response.happy", "pkce.challenge.correct", "callback.state.mismatch-rejected",
          "refresh.rotation.replaces", "refresh.invalid-grant.relogin", "bearer.header",
          "logout.local"]


def available():
    if importlib.util.find_spec("authlib") and importlib.util.find_spec("requests"):
        yield [sys.executable, HERE / "authlib_adapter.py"]
    else:
        print("skipped: Authlib is not installed (Debian: python3-authlib python3-requests)")
    if shutil.which("node") and (HERE / "node_modules/oauth4webapi").is_dir():
        yield ["node", HERE / "oauth4webapi_adapter.mjs"]
    else:
        print("skipped: oauth4webapi is not installed (npm install --prefix examples/adapters)")


def judge(suite, command):
    run = subprocess.run(
        [suite, "client", "--json=-", *(f"--only={check}" for check in CHECKS), "--", *command],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return {check["id"]: check["result"] for check in json.loads(run.stdout)["checks"]}


adapters = list(available())
good = True
for adapter in adapters:
    results = judge(sys.argv[1], adapter)
    bad = {check: result for check, result in results.items() if result != "pass"}
    print(adapter[-1].name, "passes" if not bad else f"does not pass: {bad}")
    good = good and not bad and len(results) == len(CHECKS)
sys.exit(1 if not good else 0 if adapters else 77)
