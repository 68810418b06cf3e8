"""Does the suite catch each of these programs by the check that is meant for it, and none else of
what is asked? Usage: flawed_clis_test.py HEYGEN_CONFORMANCE"""
import json
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOUND = HERE.parent / "clis" / "sound_cli.py"
CONTROL = "token.method.post"  # every one of them sends a good token request

# The program, and the checks that must fail.
FLAWS = {
    "any-token": ["response.missing-access-token"],
    "calls-for-ever": ["refresh.on-401.no-loop"],
    "challenge-of-hex": ["pkce.challenge.correct"],
    "error-body-printed": ["log.no-secrets-on-error"],
    "logout-on-server-only": ["logout.local", "logout.revoke.best-effort"],
    "redirects-followed": ["token.endpoint.no-redirect-follow", "bearer.cross-origin-redirect"],
    "refresh-drops-old": ["refresh.rotation.keeps-old"],
    "refresh-keeps-old": ["refresh.rotation.replaces"],
    "state-ignored": ["callback.state.mismatch-rejected", "callback.state.prefix-rejected"],
    "state-prefix": ["callback.state.prefix-rejected"],
    "tokens-printed": ["log.no-tokens"],
    "verifier-constant": ["pkce.verifier.unique"],
}
INTENDED = sorted({check for checks in FLAWS.values() for check in checks})


def judge(suite, program, checks):
    """The result of each check."""
    command = f"{sys.executable} {program}"
    run = subprocess.run(
        [suite, "cli", "--json=-", "--jobs=2", "--timeout=60s", "--patience=0s",
         *(f"--only={check}" for check in checks),
         f"--call={command} call {{path}} {{method}} {{body}}",
         *(f"--{name}={command} {name}" for name in ("login", "refresh", "logout"))],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return {check["id"]: check["result"] for check in json.loads(run.stdout)["checks"]}


class FlawedClis(unittest.TestCase):
    maxDiff = None

    def test_every_program_here_is_in_the_table(self):
        programs = {path.stem for path in HERE.glob("*.py")} - {"flawed", "flawed_clis_test"}
        self.assertEqual(programs, set(FLAWS))

    def test_the_sound_twin_passes_what_the_others_fail(self):
        results = judge(self.suite, SOUND, [CONTROL, *INTENDED])
        self.assertEqual(results, {check: "pass" for check in [CONTROL, *INTENDED]})

    def test_each_fails_what_is_meant_for_it(self):
        def both(flaw):
            return flaw, judge(self.suite, HERE / f"{flaw}.py", [CONTROL, *FLAWS[flaw]])

        with ThreadPoolExecutor(max_workers=2) as pool:
            for flaw, results in pool.map(both, FLAWS):
                with self.subTest(flaw):
                    expected = {check: "fail" for check in FLAWS[flaw]} | {CONTROL: "pass"}
                    self.assertEqual(results, expected)


if __name__ == "__main__":
    FlawedClis.suite = sys.argv.pop(1)
    unittest.main()
