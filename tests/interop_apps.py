"""Web apps around libraries that nobody here wrote (examples/interop/apps), for tests/interop_test.py:
each is visited with a browser's cookies: /login, /me, ten days, /me, /logout."""
import contextlib, http.cookiejar, os, pathlib, shutil, socket, subprocess, urllib.error, urllib.request

import node_modules

APPS = pathlib.Path(__file__).resolve().parent.parent / "examples/interop/apps"
# The callback's path, where the library decides on it.
CALLBACKS = {"grant": "/connect/heygen/callback", "better-auth": "/api/auth/callback/heygen",
             "auth-core": "/auth/callback/heygen", "omniauth-oauth2": "/auth/heygen/callback"}
NODE = {"passport-oauth2": "passport-oauth2", "grant": "grant", "fastify-oauth2": "@fastify/oauth2",
        "better-auth": "better-auth", "auth-core": "@auth/core"}
RUBY = {"ruby-oauth2": "oauth2", "omniauth-oauth2": "omniauth-oauth2"}
GO_SOURCES = pathlib.Path("/usr/share/gocode")  # where Debian puts them


def debian_version(package):
    run = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return run.stdout or "?"


def go(place):
    """(command, None), or (None, why not): built once."""
    library = GO_SOURCES / "src/golang.org/x/oauth2"
    if not shutil.which("go") or not library.is_dir():
        return None, "no Go, or no x/oauth2 (Debian: golang-go golang-golang-x-oauth2-dev)"
    source, program = APPS / "oauth2.go", place / "oauth2-go"
    settings = {"GO111MODULE": "off", "GOPATH": str(GO_SOURCES), "GOCACHE": str(place / "go-cache"),
                "GOFLAGS": "", "CGO_ENABLED": "0"}
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        run = subprocess.run(["go", "build", "-o", program, source], env={**os.environ, **settings},
                             capture_output=True, text=True)
        if run.returncode != 0:
            raise AssertionError("go build: " + run.stderr)
    return [program], None


def ruby(library, script):
    probe = f"require '{library}'; require 'rack/handler/webrick'"
    if not shutil.which("ruby") or subprocess.run(["ruby", "-e", probe], capture_output=True).returncode:
        return None, f"Ruby has no {library} with Rack and WEBrick (Debian: ruby-omniauth-oauth2 ruby-webrick)"
    return ["ruby", APPS / script], None


def apps(place, missing):
    """(name and version, command, callback's path, None) of each app; or why it is skipped, instead
    of the command. `missing`: why there are no npm packages in `place`."""
    for name, package in NODE.items():
        command = None if missing else [node_modules.bin_of(place) / "node", place / "apps" / (name + ".mjs")]
        yield (f"{package} {'' if missing else node_modules.version(place, package)}", command,
               CALLBACKS.get(name, "/callback"), missing)
    command, why = go(place)
    yield f"x/oauth2 {debian_version('golang-golang-x-oauth2-dev')}", command, "/callback", why
    for name, library in RUBY.items():
        command, why = ruby(library, name + ".rb")
        package = name if name.startswith("ruby-") else "ruby-" + name
        yield f"{name} {debian_version(package)}", command, CALLBACKS.get(name, "/callback"), why


@contextlib.contextmanager
def running(command, mock, callback):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    settings = {"AUTHORIZE_URL": mock + "/oauth/authorize", "TOKEN_URL": mock + "/v1/oauth/token",
                "REVOKE_URL": mock + "/v1/oauth/revoke", "API_URL": mock, "CLIENT_ID": "demo",
                "REDIRECT": address + callback, "PORT": str(port)}
    app = subprocess.Popen(command, env={**os.environ, **settings}, text=True, stdout=subprocess.PIPE)
    try:
        assert app.stdout.readline().strip() == "ready", "it did not start"
        yield address
    finally:
        app.kill()
        app.wait()
        app.stdout.close()


class Browser:
    """Follows redirects, as a user's would, and keeps cookies."""

    def __init__(self):
        self.jar = http.cookiejar.CookieJar()
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar)).open

    def visit(self, url):
        try:
            with self.open(url, timeout=20) as page:
                return page.status, page.url, page.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, url, error.read().decode()


def exercise(box, command, callback):
    """Raises AssertionError at the first step that is not as it should be."""
    with running(command, box.url, callback) as app:
        browser = Browser()
        status = lambda path: browser.visit(app + path)[0]
        assert status("/me") != 200, "a call without a login"
        code, ended, body = browser.visit(app + "/login")
        assert code == 200 and ended.startswith(app) and callback not in ended, f"login: {code} {ended} {body}"
        assert status("/me") == 200, "the first call"
        box.advance("10d")
        assert not box.tokens(kind="access", status="active"), "it lives longer than ten days"
        assert status("/me") == 200, "the call after ten days"
        box.verify({"endpoint": "refresh", "outcome": "ok"}, exactly=1)
        status("/logout")
        assert not box.tokens(kind="refresh", status="active"), "it outlives the logout"
        assert status("/me") != 200, "a call after the logout"
