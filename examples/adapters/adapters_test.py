"""Do the example adapters drive their libraries through a login and all that follows it?
Usage: adapters_test.py HEYGEN_CONFORMANCE; exit 77 when neither library is installed."""
import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
INTEROP = HERE.parent.parent / "build/interop"  # where tests/interop_test.py has installed it
CHECKS = ["response.happy", "pkce.challenge.correct", "callback.state.mismatch-rejected",
          "refresh.rotation.replaces", "refresh.invalid-grant.relogin", "bearer.header",
          "logout.local"]


def available():
    probe = ["-c", "import authlib, requests"]
    pythons = [p for p in (sys.executable, "/usr/bin/python3") if shutil.which(p) and
               subprocess.run([p, *probe], capture_output=True, check=False).returncode == 0]
    if pythons:
        yield [pythons[0], HERE / "authlib_adapter.py"]
    else:
        print("skipped: Authlib is not installed (Debian: python3-authlib python3-requests)")
    nodes = [*INTEROP.glob("node_modules/node-linux-*/bin/node"), shutil.which("node")]
    for folder in (HERE, INTEROP):
        if nodes[0] and (folder / "node_modules/oauth4webapi").is_dir():
            yield [nodes[0], folder / "oauth4webapi_adapter.mjs"]
            return
    print("skipped: oauth4webapi is not installed (tests/interop_test.py does it, or npm install "
          "--prefix examples/adapters)")


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
