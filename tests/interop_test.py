#!/usr/bin/env python3
"""Libraries that nobody here wrote log in, call the API, live through ten days, refresh, log out.

    tests/interop_test.py HEYGEN_MOCK_SERVER [PART OF A NAME]

Some behind the adapter protocol, some as web apps (interop_apps.py). Installs the npm ones at the
versions of examples/interop/package.json into build/interop, once. A client whose runtime or registry
is missing is skipped with a line; exit 77 when all of them are.
"""
import json, os, pathlib, shutil, subprocess, sys, tempfile
import urllib.error, urllib.request

import interop_apps, node_modules

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "clients/python"))
from heygen_mock import HeygenMock, MockError  # noqa: E402

EXAMPLES, PLACE = ROOT / "examples", ROOT / "build/interop"
MODULES = PLACE / "node_modules"
NODE = ["arctic", "openid-client", "simple-oauth2", "oauth4webapi"]
PYTHON = {"Authlib": ("authlib", EXAMPLES / "adapters/authlib_adapter.py"),
          "requests-oauthlib": ("requests_oauthlib", EXAMPLES / "interop/requests_adapter.py")}


def install():
    """Why the npm libraries cannot be had; None when they are there."""
    manifest = json.loads((EXAMPLES / "interop/package.json").read_text())
    why = node_modules.install(PLACE, manifest["dependencies"])
    for source in [*EXAMPLES.glob("interop/*.mjs"), *EXAMPLES.glob("adapters/*.mjs")]:
        shutil.copy(source, PLACE)  # where they find their modules
    shutil.copytree(EXAMPLES / "interop/apps", PLACE / "apps", dirs_exist_ok=True)
    return why


def clients(missing):
    """(name, command, None) of each client, or (name, None, why it is skipped)."""
    for name in NODE:
        script = "oauth4webapi_adapter.mjs" if name == "oauth4webapi" else name + ".mjs"
        yield name, [node_modules.bin_of(PLACE) / "node", PLACE / script], missing
    for name, (module, script) in PYTHON.items():
        package = "python3-" + module.replace("_", "-")
        found = [p for p in (sys.executable, "/usr/bin/python3") if shutil.which(p) and
                 subprocess.run([p, "-c", f"import {module}, requests"],
                                capture_output=True).returncode == 0]
        yield (name, [found[0], script], None) if found else (
            name, None, f"Python has no {module} (Debian: {package} python3-requests)")


class Browser(urllib.request.HTTPRedirectHandler):
    """The user's: it approves, and stops where the vendor sends it back."""
    def redirect_request(self, *_):
        return None

    @classmethod
    def approve(cls, url):
        try:
            urllib.request.build_opener(cls).open(url, timeout=10)
        except urllib.error.HTTPError as answer:
            return answer.headers["Location"]
        raise AssertionError("the authorize endpoint sent nobody back")


class Adapter:
    def __init__(self, command):
        self.process = subprocess.Popen(
            command, env={**os.environ, "INTEROP_MODULES": str(MODULES)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, op, **params):
        print(json.dumps({"id": 1, "op": op, "params": params}), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline() or '{"error": "it has ended"}')
        assert answer.get("ok"), f"{op}: {answer.get('error')}"
        return answer["result"]

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self


def exercise(box, command):
    """Raises AssertionError at the first step that is not as it should be; else the version."""
    with tempfile.TemporaryDirectory() as store, Adapter(command) as ask:
        version = ask("hello").get("version", "")
        ask("configure", authorize_url=box.url + "/oauth/authorize",
            token_url=box.url + "/v1/oauth/token", refresh_url=box.url + "/v1/oauth/refresh_token",
            revoke_url=box.url + "/v1/oauth/revoke",
            device_url=box.url + "/v1/oauth/device_authorization", api_url=box.url,
            client_id="demo", redirect_uri="http://127.0.0.1:3000/callback", store_dir=store)
        call = lambda: ask("call_api", session="s", method="GET", path="/v1/user/me")["status"]
        page = ask("begin_login", session="s")["authorize_url"]
        ask("callback", session="s", url=Browser.approve(page))
        assert call() == 200, "the first call"
        box.advance("10d")
        assert not box.tokens(kind="access", status="active"), "it lives longer than ten days"
        assert call() == 200, "the call after ten days"
        ask("refresh", session="s")
        assert call() == 200, "the call after a refresh"
        ask("logout", session="s")
        assert not box.tokens(kind="refresh", status="active"), "it outlives the logout"
        assert ask("state", session="s")["state"] == "login_required"
        return version


def each():
    """(name, why it is skipped, what exercises it in a sandbox, and with what)"""
    missing = install()
    for name, command, why in clients(missing):
        yield name, why, exercise, command
    for name, command, callback, why in interop_apps.apps(PLACE, missing):
        yield name, why, interop_apps.exercise, command, callback


def main(server, only):
    tried = failed = 0
    with tempfile.TemporaryDirectory() as state, \
            HeygenMock.start("--state-dir", state, program=server) as mock:
        for name, why, run, *what in each():
            if only not in name:
                continue
            if why:
                print(f"skipped: {name}: {why}", flush=True)
                continue
            tried += 1
            try:
                print(f"ok: {name} {run(mock.sandbox(), *what) or ''}".rstrip(), flush=True)
            except (AssertionError, OSError, ValueError, KeyError, MockError) as error:
                failed += 1
                print(f"FAILED: {name}: {error}", flush=True)
    print(f"{tried - failed} of {tried} libraries")
    return 1 if failed else 0 if tried else 77


sys.exit(main(sys.argv[1], (sys.argv[2:] or [""])[0]))
