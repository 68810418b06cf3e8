#!/usr/bin/env python3
"""The sound apps have no failure, and each flawed twin is caught by the check that is meant for it.

    python3 examples/flawed-apps/test_apps.py build/release/bin/heygen-conformance
"""
import contextlib, json, os, pathlib, shutil, socket, subprocess, sys, tempfile, unittest

from flaws import FLAWS, LOGOUT, LOGOUT_OF_COOKIE
from more_twins import MORE_TWINS, SOUND_TWINS
from twins import TWINS

SUITE = sys.argv.pop(1) if len(sys.argv) > 1 else "heygen-conformance"
APPS = pathlib.Path(__file__).resolve().parent.parent / "apps"
RUNTIMES = {".py": sys.executable, ".mjs": shutil.which("node")}
SECRET = "a-secret-of-the-app"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(folder, script, source, mock_port, **environment):
    """The app on a port of its own; (its address, its log file)."""
    runtime = RUNTIMES[pathlib.Path(script).suffix]
    if runtime is None:
        raise unittest.SkipTest("Node is not installed: apt-get install nodejs")
    path = pathlib.Path(folder) / script
    path.write_text(source)
    scheme = "https" if "TLS_CERT" in environment else "http"
    port, mock = free_port(), f"http://127.0.0.1:{mock_port}"
    app = f"{scheme}://127.0.0.1:{port}"
    settings = {"AUTHORIZE_URL": mock + "/oauth/authorize", "TOKEN_URL": mock + "/v1/oauth/token",
                "REVOKE_URL": mock + "/v1/oauth/revoke", "API_URL": mock, "CLIENT_ID": "web-app",
                "REDIRECT": app + "/callback", "PORT": str(port), **environment}
    log = pathlib.Path(folder) / "app.log"
    with log.open("wb") as out:
        process = subprocess.Popen([runtime, path], env={**os.environ, **settings}, stdout=out,
                                   stderr=out)
    try:
        yield app, log
    finally:
        process.kill()
        process.wait()


def judge(*asked, **how):
    """(results by check, exit code, what was printed) of the suite."""
    while True:
        try:
            return judge_once(*asked, **how)
        except AssertionError as problem:  # another test took the port between two lines of ours
            if "in use" not in str(problem):
                raise


def judge_once(script, source, *flags, urls=("start", "call", "logout"), **environment):
    paths = {"start": "/login", "call": "/me", "logout": "/logout"}
    mock_port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        with running(folder, script, source, mock_port, **environment) as (app, log):
            command = [SUITE, "app", "--patience", "0s", "--callback-url", app + "/callback", "--app-log", log,
                       "--mock-listen", f"127.0.0.1:{mock_port}", "--json", report]
            for name in urls:
                command += [f"--{name}-url", app + paths[name]]
            done = subprocess.run([*command, *flags], capture_output=True, text=True, timeout=300)
        text = report.read_text() if report.exists() else ""
        if not text:
            raise AssertionError(f"no report, exit {done.returncode}: {done.stdout}{done.stderr}")
        results = {c["id"]: c for c in json.loads(text)["checks"]}
        return results, done.returncode, done.stdout


def changed(source, changes):
    for old, new in changes:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


def bad(results):
    return {name: check["message"] for name, check in results.items()
            if check["result"] in ("fail", "inconclusive", "error")}


class Sound(unittest.TestCase):
    def sound(self, script, *flags, **more):
        results, code, out = judge(script, (APPS / script).read_text(), *flags, **more)
        self.assertEqual(bad(results), {})
        self.assertEqual(code, 0, out)
        return results, out

    def test_python(self):
        results, out = self.sound("app.py")
        self.assertGreater(sum(c["result"] == "pass" for c in results.values()), 90)
        self.assertIn("as the client web-app:", out)

    def test_node(self):
        results, _ = self.sound("app.mjs")
        self.assertGreater(sum(c["result"] == "pass" for c in results.values()), 90)

    def test_other_ways(self):
        for name, changes in SOUND_TWINS:
            with self.subTest(name):
                results, code, out = judge("app.py", changed((APPS / "app.py").read_text(), changes))
                self.assertEqual(bad(results), {})
                self.assertEqual(code, 0, out)

    def test_confidential(self):
        results, _ = self.sound("app.py", "--client", "web-app,secret=" + SECRET, "--only",
                                "token", "--only", "refresh", CLIENT_SECRET=SECRET)
        self.assertEqual(results["token.params.required"]["result"], "pass")

    def test_without_call_url(self):
        results, _ = self.sound("app.py", urls=["start"])
        self.assertEqual(results["callback.state.mismatch-rejected"]["result"], "pass")
        self.assertEqual(results["bearer.header"]["result"], "not-applicable")

    def test_https(self):
        with tempfile.TemporaryDirectory() as folder:
            key, cert = folder + "/key.pem", folder + "/cert.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=app",
                            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                           check=True, capture_output=True)
            both = pathlib.Path(folder, "both.pem")
            both.write_text(pathlib.Path(key).read_text() + pathlib.Path(cert).read_text())
            results, _ = self.sound("app.py", "--ca", cert, "--only", "callback",
                                    TLS_CERT=str(both))
            self.assertEqual(results["callback.state.mismatch-rejected"]["result"], "pass")


class Beginnings(unittest.TestCase):
    """However an app sends its user to the authorize URL."""
    REDIRECT = 'self.answer(302, "", begin_login(session), key)'

    def begins(self, *changes):
        text = (APPS / "app.py").read_text()
        for old, new in changes:
            self.assertEqual(text.count(old), 1, old)
            text = text.replace(old, new)
        checks = ["response.happy", "callback.state.mismatch-rejected", "callback.replay"]
        results, code, out = judge("app.py", text, *[f"--only={name}" for name in checks])
        self.assertEqual({name: results[name]["result"] for name in checks},
                         dict.fromkeys(checks, "pass"), out)
        self.assertEqual(code, 0)

    def test_link(self):
        self.begins((self.REDIRECT, "self.answer(200, '<a href=\"' + html.escape("
                                    "begin_login(session)) + '\">Log in</a>', '', key)"))

    def test_meta_refresh(self):
        self.begins((self.REDIRECT, "self.answer(200, '<meta http-equiv=refresh content=\"0;url=' + "
                                    "html.escape(begin_login(session)) + '\">', '', key)"))

    def test_script(self):
        self.begins((self.REDIRECT, "self.answer(200, '<script>location = \"' + begin_login(session)"
                                    ".replace('/', '\\\\/').replace('&', '\\\\u0026') + '\"</script>', "
                                    "'', key)"))

    def test_json(self):
        self.begins((self.REDIRECT, "self.answer(200, json.dumps({'url': begin_login(session)}), "
                                    "'', key)"))

    def test_form(self):
        page = "<form method=post><input type=hidden name=csrf value=1><button>Log in</button></form>"
        self.begins(("    def answer(", "    do_POST = do_GET\n\n    def answer("),
                    ('if path == "/login":', 'if path == "/login" and self.command == "GET":\n'
                     f"                self.answer(200, '{page}')\n"
                     '            elif path == "/login":'))

    def test_errors_as_pages_of_200(self):
        text = (APPS / "app.py").read_text()
        for old, new in [("self.answer(400,", "self.answer(200,"),
                         ("self.answer(status if status in (200, 401) else 502, page)",
                          "self.answer(200, page)")]:
            self.assertEqual(text.count(old), 1, old)
            text = text.replace(old, new)
        results, code, out = judge("app.py", text)
        self.assertEqual(bad(results), {})
        self.assertEqual(code, 0, out)


class NoFalseAlarms(unittest.TestCase):
    """Sound apps that were once failed."""

    def verdict(self, check, old, new):
        text = (APPS / "app.py").read_text()
        self.assertEqual(text.count(old), 1, old)
        results, _, out = judge("app.py", text.replace(old, new), "--only", check)
        return results[check]["result"], out

    def test_iss_refused_by_an_app_that_was_told_no_issuer(self):
        result, out = self.verdict("callback.iss.match-accepted", 'if not code:',
                                   'if not code or "iss" in params:')
        self.assertEqual(result, "not-applicable", out)

    def test_a_login_that_its_cookie_outlives_and_that_is_revoked(self):
        result, out = self.verdict("logout.local", LOGOUT, '''token = session.token or {}
                    request("POST", ENV["REVOKE_URL"], {}, {"token": token.get("refresh_token"),
                                                            "client_id": ENV["CLIENT_ID"]})
                    ''' + LOGOUT_OF_COOKIE)
        self.assertEqual(result, "pass", out)

    def test_a_letter_outside_ascii_in_a_token(self):
        result, out = self.verdict("response.header-unsafe-token", '"[!-~]+"', '"[!-~\xe9]+"')
        self.assertEqual(result, "warn", out)

    def test_a_tab_in_a_token(self):
        result, out = self.verdict("response.header-unsafe-token", '"[!-~]+"', '"[!-~\\t]+"')
        self.assertEqual(result, "warn", out)


class BadCallbacks(unittest.TestCase):
    """However a sound app answers a callback that it refuses."""
    REFUSAL = "self.answer(400, html.escape(str(error)))"
    TO_LOGIN = '<meta http-equiv=refresh content="0;url=/login">'
    FORM = "<form action=/login><button>Log in again</button></form>"

    def answers(self, refusal, *flags):
        text = (APPS / "app.py").read_text()
        self.assertEqual(text.count(self.REFUSAL), 1)
        results, code, out = judge("app.py", text.replace(self.REFUSAL, refusal), *flags,
                                   *[f"--only={name}" for name in (
                                       "callback.*", "state.*", "response.*", "token.exactly-once",
                                       "logout.cancels-pending-login")])
        self.assertEqual(bad(results), {}, out)
        self.assertEqual(code, 0, out)
        self.assertGreater(sum(c["result"] == "pass" for c in results.values()), 50, out)

    def test_statuses(self):
        for status in (200, 401, 403, 404, 422):
            with self.subTest(status):
                self.answers(f"self.answer({status}, html.escape(str(error)))")

    def test_a_redirect_to_a_new_login(self):
        self.answers('self.answer(302, "", "/login")')

    def test_a_redirect_home(self):
        self.answers('self.answer(303, "", "/")')

    def test_a_meta_refresh_to_a_new_login(self):
        self.answers(f"self.answer(200, '{self.TO_LOGIN}')")

    def test_a_form(self):
        self.answers(f"self.answer(400, html.escape(str(error)) + '{self.FORM}')")


class CallbackAlone(unittest.TestCase):
    """No start URL, and none to be found."""
    HIDDEN = [('path == "/login"', 'path == "/hidden-from-everybody"'),
              ('<a href="/login">Log in</a>', "Hello")]

    def source(self, *changes):
        text = (APPS / "app.py").read_text()
        for old, new in [*self.HIDDEN, *changes]:
            self.assertEqual(text.count(old), 1, old)
            text = text.replace(old, new)
        return text

    def test_sound(self):
        results, code, out = judge("app.py", self.source(), urls=[])
        self.assertEqual(bad(results), {})
        self.assertEqual(code, 0, out)
        mismatch = results["callback.state.mismatch-rejected"]
        self.assertEqual(mismatch["result"], "not-applicable")
        self.assertIn("nothing wrong was seen", mismatch["message"])

    def test_state_ignored(self):
        changes = [('session.pending.pop(state, ("", 0))', '"v" * 43, time.monotonic()'),
                   ("SESSIONS.pop(key)", "SESSIONS.pop(key, None)")]
        results, code, _ = judge("app.py", self.source(*changes), urls=[])
        self.assertEqual(results["callback.state.mismatch-rejected"]["result"], "fail")
        self.assertEqual(results["callback.state.unsolicited-rejected"]["result"], "fail")
        self.assertEqual(code, 1)

    def test_start_url_is_found(self):
        results, code, out = judge("app.py", (APPS / "app.py").read_text(), "--only",
                                   "callback.state.mismatch-rejected", urls=[])
        self.assertEqual(results["callback.state.mismatch-rejected"]["result"], "pass", out)
        self.assertIn("found; --start-url names another", out)
        self.assertEqual(code, 0)


class Trouble(unittest.TestCase):
    def test_nobody_there(self):
        done = subprocess.run([SUITE, "app", "--callback-url", f"http://127.0.0.1:{free_port()}/c",
                               "--mock-listen", f"127.0.0.1:{free_port()}", "--wait", "200ms"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 3)
        self.assertIn("is the app running?", done.stderr)

    def test_bad_urls(self):
        done = subprocess.run([SUITE, "app", "--callback-url", "/callback"], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--callback-url", done.stderr)

    def test_a_crash_is_a_failure_of_that_check(self):
        text = (APPS / "app.py").read_text().replace(
            'if "error" in params:', 'if "error" in params:\n        os._exit(1)')
        results, code, _ = judge("app.py", text, "--wait", "5s", "--only",
                                 "callback.error.access-denied", "--only", "state.present")
        self.assertEqual(results["callback.error.access-denied"]["result"], "fail")
        self.assertEqual(code, 1)

    def test_redirects_in_circles_and_hanging(self):
        for answer in ('self.answer(302, "", self.path)', "time.sleep(60)"):
            text = (APPS / "app.py").read_text().replace(
                "            elif path == urlsplit(ENV",
                f'            elif "error=" in query:\n                {answer}\n'
                "            elif path == urlsplit(ENV")
            results, _, _ = judge("app.py", text, "--timeout", "1s", "--only",
                                  "callback.error.access-denied", "--only", "response.happy")
            self.assertEqual(results["callback.error.access-denied"]["result"], "fail")
            self.assertEqual(results["response.happy"]["result"], "pass")


class Flawed(unittest.TestCase):
    def test_flaws(self):
        for flaw in FLAWS:
            with self.subTest(flaw.name):
                source = (APPS / flaw.app).read_text()
                self.assertEqual(source.count(flaw.old), 1, "the text to be replaced")
                results, code, _ = judge(flaw.app, source.replace(flaw.old, flaw.new), "--only",
                                         flaw.check)
                self.assertEqual(results[flaw.check]["result"], flaw.result, results[flaw.check])
                self.assertEqual(code, 1 if flaw.result == "fail" else 0)

    def test_twins(self):
        for twin in [*TWINS, *MORE_TWINS]:
            with self.subTest(twin.name):
                source = changed((APPS / twin.app).read_text(), twin.changes)
                results, code, _ = judge(twin.app, source, "--only", twin.check)
                self.assertEqual(results[twin.check]["result"], twin.result, results[twin.check])
                self.assertEqual(code, 1 if twin.result == "fail" else 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
