#!/usr/bin/env python3
"""Web apps around libraries that nobody here wrote, judged by the whole `app` driver.

    tests/web_apps_test.py HEYGEN_CONFORMANCE [NAME...]

Each check that fails is named, with its reason, in examples/judged-apps/NAME.expected: another that
fails is an error, and so is one of those that passes, unless its reason begins with "at times:". The
npm libraries are installed at the versions of examples/interop/package.json into
build/interop, once. An app whose runtime or registry is missing is skipped with a line; exit 77
when all of them are. With WEB_APPS_REPORTS=FOLDER each report is left there.
"""
import json, os, pathlib, shutil, socket, subprocess, sys, tempfile
from typing import NamedTuple

import node_modules

ROOT = pathlib.Path(__file__).resolve().parent.parent
APPS, PLACE = ROOT / "examples/judged-apps", ROOT / "build/interop"


class App(NamedTuple):
    script: str
    callback: str = "/callback"
    start: str = "/login"
    logout: str = ""


WEB_APPS = {
    "passport-oauth2": App("passport-oauth2.mjs"),
    "grant": App("grant.mjs", "/connect/heygen/callback", "/connect/heygen"),
    "fastify-oauth2": App("fastify-oauth2.mjs", logout="/logout"),
    "better-auth": App("better-auth.mjs", "/api/auth/callback/heygen"),
    "auth-express": App("auth-express.mjs", "/auth/callback/heygen", "/auth/signin"),
    "authlib-flask": App("authlib_flask.py"),
    "omniauth-oauth2": App("omniauth-oauth2.rb", "/auth/heygen/callback"),
    "x-oauth2": App("x-oauth2.go"),
}
GO = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
      "GOCACHE": str(PLACE / "go-cache")}


def runs(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["?"])[-1]


def install_npm():
    """Why the npm libraries cannot be had; None when they are there."""
    manifest = json.loads((ROOT / "examples/interop/package.json").read_text())
    why = node_modules.install(PLACE, manifest["dependencies"])
    (PLACE / "judged").mkdir(exist_ok=True)
    for source in APPS.glob("*.mjs"):
        shutil.copy(source, PLACE / "judged")  # where they find their modules
    return why


def prepared(script):
    """(the command that starts it, None), or (None, why it is skipped)."""
    source = APPS / script
    if source.suffix == ".mjs":
        return [node_modules.bin_of(PLACE) / "node", PLACE / "judged" / script], install_npm()
    if source.suffix == ".py":
        python = "/usr/bin/python3" if shutil.which("/usr/bin/python3") else sys.executable
        missing = runs(python, "-c", "import authlib, flask, requests")
        return [python, source], missing and "Debian: python3-authlib python3-flask python3-requests"
    if source.suffix == ".rb":
        missing = not shutil.which("ruby") or runs("ruby", "-e", "require 'omniauth-oauth2'; "
                                                   "require 'sinatra/base'")
        return ["ruby", source], missing and "Debian: ruby-omniauth-oauth2 ruby-sinatra puma"
    if not shutil.which("go") or not pathlib.Path(GO["GOPATH"], "src/golang.org/x/oauth2").exists():
        return None, "Debian: golang-go golang-golang-x-oauth2-dev"
    why = runs("go", "build", "-o", PLACE / "x-oauth2", source, cwd=PLACE, env={**os.environ, **GO})
    assert not why, f"{script} does not compile: {why}"
    return [PLACE / "x-oauth2"], None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def judge(suite, app, command, flags):
    """The checks of the report."""
    port, mock_port = free_port(), free_port()
    mock, own = f"http://127.0.0.1:{mock_port}", f"http://127.0.0.1:{port}"
    settings = {"AUTHORIZE_URL": mock + "/oauth/authorize", "TOKEN_URL": mock + "/v1/oauth/token",
                "REVOKE_URL": mock + "/v1/oauth/revoke", "API_URL": mock, "CLIENT_ID": "web-app",
                "REDIRECT": own + app.callback, "PORT": str(port), "APP_ENV": "production"}
    with tempfile.TemporaryDirectory() as folder:
        log, report = pathlib.Path(folder, "app.log"), pathlib.Path(folder, "report.json")
        with log.open("wb") as out:
            process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=out,
                                       stderr=out, cwd=folder)
        try:
            done = subprocess.run(
                [suite, "app", "--callback-url", own + app.callback, "--start-url", own + app.start,
                 "--call-url", own + "/me", "--app-log", log, "--mock-listen",
                 f"127.0.0.1:{mock_port}", "--json", report, "--timeout", "10s", "--wait", "60s", "--patience", "0s",
                 *(["--logout-url", own + app.logout] if app.logout else []), *flags],
                capture_output=True, text=True)
        finally:
            process.kill()
            process.wait()
        assert report.exists() and report.stat().st_size, done.stdout + done.stderr + log.read_text(errors="replace")
        keep = os.environ.get("WEB_APPS_REPORTS")
        if keep:
            shutil.copy(report, pathlib.Path(keep, app.script + ".json"))
        return json.loads(report.read_text())["checks"]


def expected_of(name):
    lines = [line.split(None, 1) for line in (APPS / f"{name}.expected").read_text().splitlines()
             if line.strip() and not line.startswith("#")]
    return {check: reason for check, reason in lines}


def complaints(name, checks):
    expected = expected_of(name)
    bad = {c["id"]: c["message"] for c in checks if c["result"] in ("fail", "inconclusive", "error")}
    for check, message in bad.items():
        if check not in expected:
            yield f"{check} fails: {message}"
    for check, reason in expected.items():
        if check not in bad and not reason.startswith("at times:"):
            yield f"{check} passes now, and is expected to fail: {reason}"


def main(suite, *wanted):
    tried = failed = 0
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in wanted or WEB_APPS:
        app = WEB_APPS[name]
        command, why = prepared(app.script)
        if why:
            print(f"skipped: {name}: {why}", flush=True)
            continue
        tried += 1
        checks = judge(suite, app, command, [])
        wrong = list(complaints(name, checks))
        failed += bool(wrong)
        count = lambda result: sum(c["result"] == result for c in checks)
        print(f"{'FAILED' if wrong else 'ok'}: {name}: {count('pass')} pass, {count('fail')} fail, "
              f"{count('warn')} warn, {count('not-applicable')} n/a", *wrong, sep="\n  ", flush=True)
    return 1 if failed else 0 if tried else 77


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
