"""A browser by the WebDriver protocol (https://www.w3.org/TR/webdriver2/), on the standard library.

Only what the page's test needs. Chromium runs headless, with a profile of its own that goes with it.
"""

import base64
import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "ArrowUp": "\ue013",
        "ArrowDown": "\ue015", "ArrowRight": "\ue014"}


def installed():
    return bool(shutil.which("chromium") and shutil.which("chromedriver"))


class Refused(Exception):
    """The browser or its driver said no."""


class Browser:
    """`with Browser() as browser:`; ends the browser and its driver."""

    def __init__(self, width=1440, height=900):
        self._profile = tempfile.TemporaryDirectory(prefix="heygen-ui-")
        self._driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            for line in self._driver.stdout:
                if found := re.search(r"started successfully on port (\d+)", line):
                    break
            else:
                raise Refused("chromedriver did not start")
            self._base = f"http://127.0.0.1:{found[1]}"
            self._session = None
            answer = self._send("POST", "/session", {"capabilities": {"alwaysMatch": {
                "goog:loggingPrefs": {"browser": "ALL"},
                "goog:chromeOptions": {"args": [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
                    f"--user-data-dir={self._profile.name}", f"--window-size={width},{height}"]}}}})
            self._session = answer["sessionId"]
        except Exception:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if getattr(self, "_session", None):
            try:
                self._send("DELETE", "")
            except (OSError, Refused):
                pass
        self._driver.terminate()
        self._driver.wait(timeout=20)
        self._driver.stdout.close()
        self._profile.cleanup()

    def _send(self, method, path, body=None):
        root = self._base + (f"/session/{self._session}" if self._session else "")
        data = None if method in ("GET", "DELETE") else json.dumps(body or {}).encode()
        request = urllib.request.Request(root + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise Refused(f"{value['error']}: {value['message'].splitlines()[0]}") from None

    def go(self, url):
        self._send("POST", "/url", {"url": url})

    def url(self):
        return self._send("GET", "/url")

    def run(self, script, *args):
        return self._send("POST", "/execute/sync", {"script": script, "args": list(args)})

    def run_async(self, script, *args):
        """The script calls its last argument with the result."""
        return self._send("POST", "/execute/async", {"script": script, "args": list(args)})

    def wait(self, script, *args, what="", seconds=20):
        """Asks until the script returns something; that is returned."""
        until = time.monotonic() + seconds
        while True:
            try:
                if value := self.run(script, *args):
                    return value
            except Refused as refused:
                if "navigat" not in str(refused) and "frame" not in str(refused):
                    raise
            if time.monotonic() > until:
                raise Refused(f"timed out waiting for {what or script}")
            time.sleep(0.05)

    def find(self, css):
        return self._send("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]

    def click(self, css):
        for attempt in range(5):
            try:
                self.run("arguments[0].scrollIntoView({block: 'center'})", {ELEMENT: self.find(css)})
                return self._send("POST", f"/element/{self.find(css)}/click")
            except Refused as refused:  # it was redrawn in between
                if attempt == 4 or not str(refused).startswith("stale element"):
                    raise

    def type(self, css, text):
        self._send("POST", f"/element/{self.find(css)}/value", {"text": text})

    def press(self, *names):
        keys = []
        for name in names:
            keys += [{"type": "keyDown", "value": KEYS[name]}, {"type": "keyUp", "value": KEYS[name]}]
        self._send("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": keys}]})

    def accept(self):
        self._send("POST", "/alert/accept")

    def text(self, css):
        return self.run("return document.querySelector(arguments[0])?.textContent ?? ''", css)

    def devtools(self, command, **params):
        return self._send("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def look(self, width, height, dark=False, phone=False):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=2 if phone else 1, mobile=phone)
        self.devtools("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self._send("GET", "/screenshot")))

    def complaints(self):
        """What the console was told that is an error, a blocked load among them; empties it."""
        return [entry["message"] for entry in self._send("POST", "/se/log", {"type": "browser"})
                if entry["level"] == "SEVERE"]
