"""heygen-mock-server for tests in Python: this file alone, nothing but the standard library (3.8+).

    with HeygenMock.start() as mock:
        box = mock.sandbox()                  # a world of its own: give each test one
        app = MyApp(base_url=box.url)
        box.advance("10d")
        box.verify({"endpoint": "refresh"}, at_least=1)

Copy it into your tests. Each method is one call of the control API; GET /_mock/openapi.json has
them all, and `Sandbox.call` makes those that have no method here.
"""

from __future__ import annotations

import atexit
import base64
import hashlib
import json
import os
import secrets
import subprocess
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Union

Json = Dict[str, Any]


class MockError(Exception):
    """The mock refused a call, or could not be started."""

    def __init__(self, message: str, status: int = 0, problem: Optional[Json] = None) -> None:
        super().__init__(message)
        self.status = status
        self.problem = problem or {}  # RFC 9457: title, detail, key


class NotMet(AssertionError):
    """verify: what happened is not what was expected. `nearest` holds what came close."""

    def __init__(self, problem: Json) -> None:
        lines = [str(problem.get("message", "not met"))]
        for miss in problem.get("nearest", []):
            lines.append(f"  {miss['seq']}: {miss['exchange']}: {miss['why']}")
        super().__init__("\n".join(lines))
        self.problem = problem
        self.nearest: List[Json] = problem.get("nearest", [])


class Pkce(NamedTuple):
    """A verifier and its S256 challenge (RFC 7636)."""

    verifier: str
    challenge: str

    @staticmethod
    def fresh() -> Pkce:
        verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(verifier.encode()).digest()
        return Pkce(verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


class Sandbox:
    """A clock, clients, tokens, faults and a journal of its own. `url` stands for the vendor."""

    def __init__(self, mock: HeygenMock, name: str) -> None:
        self._mock = mock
        self.name = name
        self.url = f"{mock.url}/s/{name}"

    # --- time: this clock alone decides what has expired ---
    def now(self) -> str:
        return self.call("GET", "clock")["now"]

    def advance(self, duration: str) -> str:
        """`10d`, `1h30m`, `-5m`; returns the time it is then."""
        return self.call("POST", "clock", {"advance": duration})["now"]

    def set_time(self, instant: str) -> str:
        return self.call("POST", "clock", {"set": instant})["now"]

    def freeze(self, frozen: bool = True) -> str:
        return self.call("POST", "clock", {"freeze": frozen})["now"]

    # --- logins and tokens without a browser ---
    def authorize(self, client_id: str = "demo",
                  redirect_uri: str = "http://127.0.0.1:3000/callback",
                  **more: Optional[str]) -> Json:
        """The authorize request and the user's decision (`decision="deny"`, `user=...`):
        {"redirect_to", "code", "state"}. Without a code_challenge a verifier is made up and
        returned as "code_verifier"."""
        request = {"client_id": client_id, "redirect_uri": redirect_uri,
                   **{key: value for key, value in more.items() if value is not None}}
        made: Json = {}
        if "code_challenge" not in request:
            pkce = Pkce.fresh()
            request.update(code_challenge=pkce.challenge, code_challenge_method="S256")
            made["code_verifier"] = pkce.verifier
        return {**self.call("POST", "authorize", request), **made}

    def mint(self, client_id: str = "demo", **more: Any) -> Json:
        """A pair of tokens as if after a login: {"access_token", "refresh_token", ...}."""
        return self.call("POST", "tokens", {"client_id": client_id, **more})

    def tokens(self, reveal: bool = False, **only: str) -> List[Json]:
        """With their lineage; `kind="access"`, `status="active"`, `client_id=...` narrow it."""
        query = {**only, **({"reveal": "1"} if reveal else {})}
        return self.call("GET", "tokens", query=query)["tokens"]

    def expire(self, token_id: str) -> Json:
        """Dead at the server, though its expires_in still looks healthy to the client."""
        return self.call("POST", f"tokens/{_quoted(token_id)}/expire")

    def revoke(self, token_id: str) -> Json:
        return self.call("POST", f"tokens/{_quoted(token_id)}/revoke")

    def expire_all(self, **only: str) -> int:
        return self.call("POST", "tokens/expire-all", query=only)["expired"]

    # --- what goes wrong ---
    def fault(self, do: Mapping[str, Any], on: Union[str, Mapping[str, Any]] = "any",
              when: Optional[Mapping[str, Any]] = None, times: Optional[int] = None,
              expires_after: Optional[str] = None) -> str:
        """`fault({"status": 503}, on="token", times=1)`; returns its id."""
        rule: Json = {"do": do, "on": {"endpoint": on} if isinstance(on, str) else on}
        for key, value in (("when", when), ("times", times), ("expires_after", expires_after)):
            if value is not None:
                rule[key] = value
        return self.call("POST", "faults", rule)["id"]

    def faults(self) -> List[Json]:
        return self.call("GET", "faults")["faults"]

    def remove_fault(self, fault_id: str) -> None:
        self.call("DELETE", f"faults/{_quoted(fault_id)}")

    def remove_faults(self) -> None:
        self.call("DELETE", "faults")

    def play(self, scenario: Union[str, Mapping[str, Any]]) -> Json:
        """A built-in scenario by name, or one of your own."""
        if isinstance(scenario, str):
            return self.call("POST", f"scenarios/{_quoted(scenario)}")
        return self.call("POST", "scenarios", scenario)

    # --- what happened ---
    def journal(self, **only: Union[str, int]) -> List[Json]:
        """`after=SEQ`, `limit=`, `endpoint="token"`, `client_id=`, `outcome=`. Each entry says
        why; secrets are fingerprints, equal for equal secrets."""
        return self.call("GET", "journal", query=only)["entries"]

    def clear_journal(self) -> None:
        self.call("DELETE", "journal")

    def verify(self, match: Optional[Mapping[str, Any]] = None, *, at_least: Optional[int] = None,
               at_most: Optional[int] = None, exactly: Optional[int] = None,
               order: Optional[Sequence[Mapping[str, Any]]] = None,
               after: Optional[int] = None) -> Json:
        """Raises NotMet, with what came close, unless that many exchanges match."""
        count = {key: value for key, value in (
            ("min", exactly if at_least is None else at_least),
            ("max", exactly if at_most is None else at_most)) if value is not None}
        wanted = {key: value for key, value in (
            ("match", match), ("count", count or None), ("order", order),
            ("after", after)) if value is not None}
        try:
            return self.call("POST", "verify", wanted)
        except MockError as error:
            if error.status == 422 and "met" in error.problem:
                raise NotMet(error.problem) from None
            raise

    # --- how it behaves ---
    def configure(self, **changes: Any) -> Json:
        """`configure(profile="strict", policies={"rotation": "reuse"})`"""
        return self.call("PATCH", "config", changes)

    def put_client(self, client_id: str, redirect_uris: Sequence[str],
                   secret: Optional[str] = None, **more: Any) -> Json:
        body: Json = {"redirect_uris": list(redirect_uris), **more}
        if secret is not None:
            body["secret"] = secret
        return self.call("PUT", f"clients/{_quoted(client_id)}", body)

    def reset(self) -> None:
        """Drops codes, tokens, faults and journal, puts the clock back; keeps configuration."""
        self.call("POST", "reset")

    def delete(self) -> None:
        self._mock.call("DELETE", f"sandboxes/{self.name}")

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.delete()

    def call(self, method: str, path: str, body: Optional[Mapping[str, Any]] = None,
             query: Optional[Mapping[str, Union[str, int]]] = None) -> Any:
        """Any call of the control API, in this sandbox."""
        return self._mock.call(method, path, body, query, prefix=f"/s/{self.name}")


class HeygenMock:
    """A mock that runs; `start` makes one that ends with the `with` block or by `stop`."""

    def __init__(self, url: str, admin_token: Optional[str] = None) -> None:
        self.url = url.rstrip("/")
        self.ready: Json = {"url": self.url, "admin_token": admin_token}  # as in the ready file
        self._process: Optional[subprocess.Popen[bytes]] = None

    @staticmethod
    def start(*flags: str, program: Optional[str] = None, timeout: float = 10) -> HeygenMock:
        """Starts the program (else $HEYGEN_MOCK_SERVER, else the one in PATH) on a free port.
        `flags` are its own: "--profile", "strict"."""
        program = program or os.environ.get("HEYGEN_MOCK_SERVER") or "heygen-mock-server"
        with tempfile.TemporaryDirectory(prefix="heygen-mock-") as folder:
            ready_file = os.path.join(folder, "ready.json")
            command = [program, "--listen", "127.0.0.1:0", "--log", "off", *flags,
                       "--ready-file", ready_file]
            with tempfile.TemporaryFile() as said:
                try:
                    process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                               stdout=subprocess.PIPE, stderr=said)
                except OSError as error:
                    raise MockError(f"{program} cannot be run ({error.strerror}): put it into "
                                    "PATH, or name it in HEYGEN_MOCK_SERVER") from None
                # Its first line comes when it serves, and the ready file before that line.
                watchdog = threading.Timer(timeout, process.kill)
                watchdog.start()
                assert process.stdout is not None
                line = process.stdout.readline()
                watchdog.cancel()
                if not line.startswith(b"ready "):
                    process.kill()
                    process.wait()
                    process.stdout.close()
                    said.seek(0)
                    why = said.read().decode(errors="replace").strip()
                    raise MockError(f"{program} did not start: "
                                    f"{why or f'not ready after {timeout} s'}")
            with open(ready_file, encoding="utf-8") as file:
                ready = json.load(file)
        mock = HeygenMock(ready["url"], ready["admin_token"])
        mock.ready = ready
        mock._process = process
        atexit.register(mock.stop)  # a run that forgets it leaves nothing behind
        return mock

    def stop(self) -> int:
        """Ends what `start` started; its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        atexit.unregister(self.stop)
        process.terminate()
        try:
            return process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
        finally:
            if process.stdout is not None:
                process.stdout.close()

    def __enter__(self) -> HeygenMock:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def sandbox(self, name: Optional[str] = None, **settings: Any) -> Sandbox:
        """A fresh world: `sandbox(seed=1, profile="strict")`. It takes the place of one that has
        the name."""
        name = name or f"t-{secrets.token_hex(8)}"
        self.call("PUT", f"sandboxes/{_quoted(name)}", settings)
        return Sandbox(self, name)

    def call(self, method: str, path: str, body: Optional[Mapping[str, Any]] = None,
             query: Optional[Mapping[str, Union[str, int]]] = None, prefix: str = "") -> Any:
        """A call of the control API; its JSON, or None."""
        url = f"{self.url}{prefix}/_mock/{path}"
        if query:
            url += "?" + urllib.parse.urlencode(query)
        headers = {"Content-Type": "application/json"}
        if self.ready.get("admin_token"):
            headers["Authorization"] = f"Bearer {self.ready['admin_token']}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with _DIRECTLY.open(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(f"{method} {path}", error.code, error.read()) from None
        return json.loads(text) if text else None


# Never by a proxy of the environment, which may be the mock's own.
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _quoted(segment: str) -> str:
    return urllib.parse.quote(segment, safe="")


def _refusal(what: str, status: int, text: bytes) -> MockError:
    try:
        problem = json.loads(text)
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    at = f"{problem['key']}: " if problem.get("key") else ""
    return MockError(f"{what}: {status}: {at}{problem.get('detail', '')}", status, problem)
