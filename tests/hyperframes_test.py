#!/usr/bin/env python3
"""The vendor's own command line, unmodified: login, status, ten days and more, refresh, logout and
device login, once by its environment variables and once with its fixed addresses through the proxy.

    tests/hyperframes_test.py HEYGEN_MOCK_SERVER

Installs hyperframes and the Node 22 that it needs from npm into build/hyperframes, once; exit 77
with a line when npm cannot give them.
"""
import os, pathlib, pty, re, subprocess, sys, tempfile, urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "clients/python"))
import node_modules  # noqa: E402
from heygen_mock import HeygenMock, MockError  # noqa: E402

PLACE = ROOT / "build/hyperframes"
PROGRAM = PLACE / "node_modules/hyperframes/bin/hyperframes.mjs"
# It asks these whether a person with a browser sits here, and which: with a display, the desktop's
# own browser comes before $BROWSER.
HIDDEN = ("SSH_", "CODESPACES", "GITHUB_", "GITPOD_", "REMOTE_CONTAINERS", "container", "CI",
          "WSL", "XDG_CURRENT_DESKTOP", "DESKTOP_SESSION", "DISPLAY", "WAYLAND_DISPLAY")
VENDOR = {"app.heygen.com", "api2.heygen.com", "api.heygen.com"}
TIMEOUT_S = 60


def browse(url):
    """What the user's browser does: follows the redirects to where the login ends."""
    with urllib.request.urlopen(url, timeout=20) as page:
        page.read()


def host(entry):
    return next(v for k, v in entry["request"]["headers"].items() if k.lower() == "host")


class Terminal:
    """hyperframes on a terminal of its own, as it demands, in the home of one user."""

    def __init__(self, home, environment):
        browser = pathlib.Path(home, "xdg-open")
        browser.write_text(f"#!/bin/sh\nexec {sys.executable} {__file__} browse \"$1\"\n")
        browser.chmod(0o755)
        kept = {k: v for k, v in environment.items() if not k.startswith(HIDDEN)}
        self.environment = {**kept, "HOME": home, "BROWSER": str(browser),
                            "PATH": f"{home}:{node_modules.bin_of(PLACE)}:{kept['PATH']}",
                            "TERM": "xterm", "NO_COLOR": "1", "DO_NOT_TRACK": "1",
                            "HYPERFRAMES_NO_TELEMETRY": "1", "HYPERFRAMES_NO_UPDATE_CHECK": "1",
                            "HYPERFRAMES_NO_AUTO_INSTALL": "1",
                            "XDG_CONFIG_HOME": home + "/.config"}

    def __call__(self, *arguments, approve=False):
        """(exit code, all that it printed). `approve`: visits the address of a device login."""
        master, slave = pty.openpty()
        command = ["timeout", str(TIMEOUT_S), "node", PROGRAM, "auth", *arguments]
        process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave,
                                   env=self.environment, start_new_session=True)
        os.close(slave)
        said = ""
        while True:
            try:
                part = os.read(master, 4096).decode(errors="replace")
            except OSError:  # the last holder of the terminal has gone
                break
            said += part
            shown = re.search(r"Open (\S*user_code=\S+) in a browser", said)
            if approve and shown:
                approve = False
                browse(shown[1])
        os.close(master)
        return process.wait(), said


def use(way, mock, auth):
    def step(*arguments, code=0, says="", **more):
        got, said = auth(*arguments, **more)
        print(f"{way}: auth {' '.join(arguments)}: {got}", flush=True)
        assert got == code and says in said, (
            f"exit code {got}, expected {code} and '{says}':\n{said}")

    def active(kind):
        tokens = mock.call("GET", "tokens")["tokens"]
        return [t for t in tokens if t["kind"] == kind and t["status"] == "active"]

    step("status", code=1)
    step("login")
    assert len(active("refresh")) == 1
    step("status", says="Type:   oauth")
    mock.call("POST", "clock", {"advance": "11d"})
    assert not active("access")
    step("status", says="Type:   oauth")  # 401, a refresh, and the call again
    assert active("access")
    before = {t["id"] for t in active("access")}
    step("refresh")
    assert {t["id"] for t in active("access")} - before
    step("logout", "--yes")
    assert not active("refresh") and not active("access"), "the tokens outlive the logout"
    step("status", code=1)
    step("login", "--device", approve=True)
    step("status", says="Type:   oauth")
    step("logout", "--yes")
    hosts = {host(entry) for entry in mock.call("GET", "journal")["entries"]}
    print(f"{way}: asked of {', '.join(sorted(hosts))}")
    assert hosts == (VENDOR if way == "proxy" else {mock.url.split("//")[1]})


def inside(way):
    """Runs as the command of `heygen-mock-server run`, whose variables point at the mock."""
    mock = HeygenMock(os.environ["HEYGEN_MOCK_URL"])
    environment = dict(os.environ)
    if way == "proxy":  # no word of the mock but the proxy and its authority
        for name in [n for n in environment if n.startswith(("HYPERFRAMES_", "HEYGEN_"))]:
            del environment[name]
    with tempfile.TemporaryDirectory() as home:
        try:
            use(way, mock, Terminal(home, environment))
        except (AssertionError, MockError) as error:
            print(f"FAILED ({way}): {error}", flush=True)
            for entry in mock.call("GET", "journal")["entries"]:
                print(entry["method"], entry["path"], entry["outcome"], entry.get("why", ""))
            return 1
    print(f"ok ({way})", flush=True)
    return 0


def main(server):
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError as error:
        print(f"skipped: hyperframes: no terminal can be made ({error}): is /dev/pts mounted?")
        return 77
    why = node_modules.install(PLACE, {"hyperframes": "0.8.170"})
    if why:
        print("skipped: hyperframes: " + why)
        return 77
    bad = 0
    for way in ("environment", "proxy"):
        with tempfile.TemporaryDirectory() as state:
            flags = ["--state-dir", state, "--log", "off", "--listen", "127.0.0.1:0"]
            flags += ["--proxy", "127.0.0.1:0"] if way == "proxy" else []
            command = [server, "run", *flags, "--", sys.executable, __file__, way]
            bad |= subprocess.run(command).returncode
    return 1 if bad else 0


if __name__ == "__main__":
    what = sys.argv[1]
    if what == "browse":
        browse(sys.argv[2])
    else:
        sys.exit(inside(what) if what in ("environment", "proxy") else main(what))
