#!/usr/bin/env python3
"""Flawed servers that share no code with the mock are caught by a check that is meant for them, and
sound ones that do it otherwise fail none.

    unforeseen_servers_test.py HEYGEN-CONFORMANCE [NAME...]       those named alone
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from server import ALL, CLIENTS, FLAWS, SOUND, listen  # noqa: E402

SUITE = sys.argv[1]
PATIENCE = int(os.environ.get("HEYGEN_TEST_PATIENCE", "1"))  # more with a sanitizer
OTHERS = ("pass", "inconclusive", "error", "not-applicable")


def judge(name, *flags):
    listener = listen(ALL[name]())
    url = f"http://127.0.0.1:{listener.server_port}"
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        run = subprocess.run(
            [SUITE, "server", "--no-color", "--json", report, "--authorize-url", url + "/authorize",
             "--token-url", url + "/token", "--refresh-url", url + "/refresh", "--revoke-url", url + "/revoke",
             "--api-url", url + "/api", "--client", "demo=" + CLIENTS["demo"][0],
             "--second-client", "other=" + CLIENTS["other"][0], *flags],
            capture_output=True, text=True, timeout=110 * PATIENCE, check=False)
        checks = json.loads(report.read_text())["checks"] if report.exists() else []
    listener.shutdown()
    listener.server_close()
    return {check["id"]: check for check in checks}, run.stdout + run.stderr


def told(checks, results):
    return "; ".join(f"{check['id']}: {check['result']}: {check['message']}" for check in checks.values()
                     if check["result"] in results)


def wrong_with(name):
    """(what was judged wrongly, what else there is to say)."""
    words = ALL[name].__doc__
    if name in FLAWS:
        checks, out = judge(name, *(flag for check in FLAWS[name].CAUGHT for flag in ("--only", check)))
        if told(checks, ("fail", "warn")):
            return "", ""
        return f"{name} ({words}) is not caught: {told(checks, OTHERS) or out}", ""
    checks, out = judge(name)
    if bad := told(checks, ("fail", "inconclusive", "error")) or (not checks and out):
        return f"{name} ({words}) is not judged sound: {bad}", ""
    return "", f"{name}: {len(checks)} checks, warned of {told(checks, ('warn',)) or 'nothing'}"


def main():
    names = [name for name in ALL if not sys.argv[2:] or name in sys.argv[2:]]
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for failure, words in pool.map(wrong_with, names):
            if failure:
                wrong.append(failure)
            if words:
                print(words)
    print("\n".join(wrong))
    print(f"{len(FLAWS)} flawed and {len(SOUND)} sound servers: {len(wrong)} judged wrongly")
    return 1 if wrong or not names else 0


if __name__ == "__main__":
    sys.exit(main())
