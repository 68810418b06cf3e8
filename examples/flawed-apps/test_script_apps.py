#!/usr/bin/env python3
"""An app whose login needs scripts, in Chromium: sound as it is, and each twin is caught.

    python3 examples/flawed-apps/test_script_apps.py build/release/bin/heygen-conformance

Exit 77 where Chromium or Node is missing.
"""
import os, pathlib, shutil, signal, subprocess, sys, tempfile, time, unittest

from script_flaws import ALSO, SCRIPT_FLAWS
from test_apps import APPS, SUITE, bad, free_port, judge, running

SOURCE = (APPS / "spa.mjs").read_text()
CHROMIUM = ["--browser", "chromium", "--timeout", "20s"]
CALLED = {"urls": ("start", "call")}


def twin(flaw):
    text = SOURCE
    for old, new in [(flaw.old, flaw.new), *([ALSO[flaw.name]] if flaw.name in ALSO else [])]:
        assert text.count(old) == 1, f"{flaw.name}: the text to be replaced: {old}"
        text = text.replace(old, new)
    return text


def children_of_chromium(folder):
    """The processes whose command line names the folder."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if folder.encode() in entry.read_bytes():
                found.append(entry.parent.name)
        except OSError:
            pass  # it has ended
    return found


class ScriptApps(unittest.TestCase):
    def test_sound(self):
        checks = ["callback.state.*", "callback.error.no-*", "callback.page.*", "callback.code.*",
                  "callback.concurrent-logins", "state.present", "pkce.challenge.correct",
                  "pkce.verifier.not-in-client-visible", "token.exactly-once", "response.happy",
                  "response.token-type.unknown"]
        results, code, out = judge("spa.mjs", SOURCE, *CHROMIUM,
                                   *[f"--only={name}" for name in checks], **CALLED)
        self.assertEqual(bad(results), {}, out)
        self.assertEqual(code, 0)
        self.assertGreater(sum(c["result"] == "pass" for c in results.values()), 15, out)

    def test_without_scripts_there_is_no_login(self):
        results, code, out = judge("spa.mjs", SOURCE, "--only=response.happy", **CALLED)
        self.assertEqual(results["response.happy"]["result"], "inconclusive", out)
        self.assertIn("--browser chromium", out)
        self.assertEqual(code, 1)

    def test_an_app_without_scripts(self):
        results, code, out = judge("app.mjs", (APPS / "app.mjs").read_text(), *CHROMIUM,
                                   "--only=callback.state.*", "--only=callback.method",
                                   "--only=logout.revokes", "--only=refresh.on-401")
        self.assertEqual(bad(results), {}, out)
        self.assertEqual(code, 0)

    def test_https(self):
        with tempfile.TemporaryDirectory() as folder:
            key, cert = folder + "/key.pem", folder + "/cert.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=app",
                            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                           check=True, capture_output=True)
            both = pathlib.Path(folder, "both.pem")
            both.write_text(pathlib.Path(key).read_text() + pathlib.Path(cert).read_text())
            results, code, out = judge("app.py", (APPS / "app.py").read_text(), *CHROMIUM, "--ca",
                                       cert, "--only=callback.state.mismatch-rejected",
                                       TLS_CERT=str(both))
            self.assertEqual(results["callback.state.mismatch-rejected"]["result"], "pass", out)
            self.assertEqual(code, 0)

    def test_twins(self):
        for flaw in SCRIPT_FLAWS:
            with self.subTest(flaw.name):
                results, code, out = judge("spa.mjs", twin(flaw), *CHROMIUM, "--only", flaw.check,
                                           **CALLED)
                wanted = ("fail", "warn") if flaw.check.startswith("pkce.verifier.not") else ("fail",)
                self.assertIn(results[flaw.check]["result"], wanted, out)


class Trouble(unittest.TestCase):
    def test_no_chromium(self):
        with tempfile.TemporaryDirectory() as nothing:
            with running(nothing, "app.py", (APPS / "app.py").read_text(), free_port()) as (app, _):
                done = subprocess.run(
                    [SUITE, "app", "--callback-url", app + "/callback", "--browser", "chromium",
                     "--mock-listen", f"127.0.0.1:{free_port()}"], capture_output=True, text=True,
                    env={**os.environ, "PATH": nothing}, timeout=60)
        self.assertEqual(done.returncode, 3)
        self.assertIn("apt-get install chromium", done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1)

    def test_an_interrupt_leaves_no_process_and_no_profile(self):
        for how in (signal.SIGINT, signal.SIGKILL):
            with self.subTest(how.name), tempfile.TemporaryDirectory() as folder:
                mock, temporary = free_port(), pathlib.Path(folder, "tmp")
                temporary.mkdir()
                with running(folder, "spa.mjs", SOURCE, mock) as (app, _):
                    suite = subprocess.Popen(
                        [SUITE, "app", "--callback-url", app + "/callback", "--start-url",
                         app + "/login", "--call-url", app + "/me", "--mock-listen",
                         f"127.0.0.1:{mock}", *CHROMIUM], stdout=subprocess.PIPE, text=True,
                        stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(temporary)})
                    for line in suite.stdout:
                        if line.startswith("Judged"):
                            break
                    self.assertTrue(children_of_chromium(str(temporary)))
                    suite.send_signal(how)
                    suite.stdout.read()
                    suite.wait(timeout=60)
                until = time.monotonic() + 30
                while (left := children_of_chromium(str(temporary))) and time.monotonic() < until:
                    os.sched_yield()
                self.assertEqual(left, [])
                if how == signal.SIGINT:
                    self.assertEqual(list(temporary.iterdir()), [])


if __name__ == "__main__":
    if not shutil.which("chromium") or not shutil.which("node"):
        print("skipped: chromium and Node are needed: scripts/install-deps ui test")
        sys.exit(77)
    unittest.main(verbosity=2)
