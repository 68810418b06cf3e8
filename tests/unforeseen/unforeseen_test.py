#!/usr/bin/env python3
"""Flawed clients that share no code with conformance/flawed are caught by a check that is meant for
them, and sound ones that do it otherwise fail none.

    unforeseen_test.py HEYGEN-CONFORMANCE [NAME...]       those named alone
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import flaws  # noqa: E402
import more_flaws  # noqa: E402
from sound import SOUND  # noqa: E402

FLAWS = {**flaws.FLAWS, **more_flaws.FLAWS}
HERE = pathlib.Path(__file__).resolve().parent
SUITE = sys.argv[1]
PATIENCE = int(os.environ.get("HEYGEN_TEST_PATIENCE", "1"))  # more with a sanitizer


def judge(script, name, *flags):
    """{id: check} of the report, and what was printed."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        run = subprocess.run(
            [SUITE, "client", "--no-color", "--json", report, *flags, "--", sys.executable, "-S", "-E", "-B",
             HERE / script, name], capture_output=True, text=True, timeout=110 * PATIENCE, check=False)
        if not report.exists():
            return {}, run.stdout + run.stderr
        return {check["id"]: check for check in json.loads(report.read_text())["checks"]}, run.stdout


def caught(name):
    meant = FLAWS[name].CAUGHT
    flags = [flag for check in meant for flag in ("--only", check)]
    script = "flaws.py" if name in flaws.FLAWS else "more_flaws.py"
    checks, out = judge(script, name, "--patience", "6s", *flags)
    if any(check["result"] in ("fail", "warn") for check in checks.values()):
        return ""
    seen = "; ".join(f"{check['id']}: {check['result']} {check['message']}" for check in checks.values())
    return f"{name} ({FLAWS[name].__doc__}) is not caught: {seen or out}"


def passes(name):
    checks, out = judge("sound.py", name, "--patience", "0s", "--jobs", "2")
    bad = [f"{check['id']}: {check['result']}: {check['message']}" for check in checks.values()
           if check["result"] in ("fail", "inconclusive", "error")]
    if checks and not bad:
        warned = [check["id"] for check in checks.values() if check["result"] == "warn"]
        return "", f"{name}: {len(checks)} checks, warned of {', '.join(warned) or 'nothing'}"
    return f"{name} ({SOUND[name].__doc__.splitlines()[0]}) is sound: {'; '.join(bad) or out}", ""


def main():
    named = sys.argv[2:]
    flawed = [name for name in FLAWS if not named or name in named]
    sound = [name for name in SOUND if not named or name in named]
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        wrong += filter(None, pool.map(caught, flawed))
        for failure, words in pool.map(passes, sound):
            if failure:
                wrong.append(failure)
            else:
                print(words)
    print("\n".join(wrong))
    print(f"{len(flawed)} flawed and {len(sound)} sound clients: {len(wrong)} judged wrongly")
    return 1 if wrong or not (flawed or sound) else 0


if __name__ == "__main__":
    sys.exit(main())
