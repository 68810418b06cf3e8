#!/usr/bin/env python3
"""As unforeseen_servers_test.py, with servers that have all of the contract: consent pages, clients
with secrets, devices and sandboxes.

    whole_servers_test.py HEYGEN-CONFORMANCE [NAME...]       those named alone
"""

import concurrent.futures
import inspect
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import second_look_flaws  # noqa: E402
import whole_server_flaws  # noqa: E402
import whole_sound  # noqa: E402
import whole_token_flaws  # noqa: E402
from server import listen  # noqa: E402
from whole_server import Whole, Worlds  # noqa: E402

SUITE = sys.argv[1]
PATIENCE = int(os.environ.get("HEYGEN_TEST_PATIENCE", "1"))  # more with a sanitizer

# Flaws that no check sees so far, and what one would have to do. One that is caught has no place here.
NOT_YET = {
    "CookieToken": "send a good token to the API as a cookie, under the names that servers use",
    "RevokeByGet": "revoke by GET, and see that the token lives",
    "SpentRevokeIgnored": "revoke a refresh token that was spent, and see its successor die (RFC 7009 does not say so)",
}


def classes_of(module, mark):
    return {name: one for name, one in vars(module).items()
            if inspect.isclass(one) and issubclass(one, Whole) and hasattr(one, mark)}


FLAWS = {name: one for module in (whole_server_flaws, whole_token_flaws, second_look_flaws)
         for name, one in classes_of(module, "CAUGHT").items()}
SOUND = {"Whole": Whole, **classes_of(whole_sound, "CONCERNS")}


def judge(make, *flags):
    listener = listen(Worlds(make))
    url = f"http://127.0.0.1:{listener.server_port}"
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        addresses = {"authorize": "authorize", "token": "token", "refresh": "refresh", "revoke": "revoke",
                     "api": "api", "device": "device_authorization", "control": "_mock"}
        run = subprocess.run(
            [SUITE, "server", "--no-color", "--json", report, "--jobs", "2",
             *(word for name, path in addresses.items() for word in (f"--{name}-url", f"{url}/{path}")), *flags],
            capture_output=True, text=True, timeout=110 * PATIENCE, check=False)
        checks = json.loads(report.read_text())["checks"] if report.exists() else []
    listener.shutdown()
    listener.server_close()
    return checks, run.stdout + run.stderr


def told(checks, results):
    return "; ".join(f"{check['id']}: {check['result']}: {check['message']}" for check in checks
                     if check["result"] in results)


def only(names):
    return [word for name in names for word in ("--only", name)]


def wrong_with_flaw(name):
    flaw = FLAWS[name]
    checks, out = judge(flaw, *only(flaw.CAUGHT))
    if not checks:
        return f"{name} was not judged: {out}"
    if told(checks, ("fail", "warn")):
        return f"{name} is caught: it has no place in NOT_YET" if name in NOT_YET else ""
    others = told(checks, ("pass", "inconclusive", "error", "not-applicable"))
    return "" if name in NOT_YET else f"{name} ({flaw.__doc__}) is not caught: {others}"


def wrong_with_sound(name):
    one = SOUND[name]
    # What takes seconds, and looks at nothing that differs here.
    rest = ["--skip", "server.code.entropy", "--skip", "server.robust.*"]
    flags = only(one.CONCERNS) if hasattr(one, "CONCERNS") else rest
    checks, out = judge(one, *flags)
    bad = told(checks, ("fail", "warn", "inconclusive", "error"))
    wrong = bad or not checks
    return f"{name} ({one.__doc__}) is not judged sound: {bad or out}" if wrong else ""


def main():
    wanted = sys.argv[2:]
    if unknown := [name for name in [*wanted, *NOT_YET] if name not in FLAWS and name not in SOUND]:
        sys.exit("no such server: " + ", ".join(unknown))
    jobs = [(judge_one, name) for judge_one, names in ((wrong_with_sound, SOUND), (wrong_with_flaw, FLAWS))
            for name in names if not wanted or name in wanted]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        wrong = [failure for failure in pool.map(lambda job: job[0](job[1]), jobs) if failure]
    print("\n".join(wrong))
    print(f"{len(jobs)} servers, {len(NOT_YET)} flaws not caught yet: "
          f"{len(wrong)} judged wrongly")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
