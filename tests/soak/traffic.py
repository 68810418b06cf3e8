"""The kinds of traffic. Each function is one short life of one client; what it does not expect is
an Unordered, and fails the soak."""

import contextlib
import copy
import http.client
import itertools
import json
import random
import socket

from peer import PATIENCE, Unordered, World, expect, reset

NUMBERS = itertools.count()


@contextlib.contextmanager
def sandbox(place, kind):
    with World(place, f"soak-{kind}-{next(NUMBERS)}") as world:
        world.make()
        try:
            yield world
        finally:
            world.close()
            world.drop()


def logins(place, _):
    """Log in, call, refresh, replay, revoke."""
    with World(place, place.kept) as world:
        pair = world.log_in()
        expect(world.me(pair["access_token"]), 200, "a call with a new token")
        status, text, _ = world.refresh(pair)
        expect(status, 200, "a refresh")
        expect(world.refresh(pair)[0], 400, "a spent refresh token")
        fresh = json.loads(text)
        expect(world.me(fresh["access_token"]), 200, "a call with a refreshed token")
        expect(world.call("POST", "/v1/oauth/revoke", form={
            "client_id": "demo", "token": fresh["refresh_token"]})[0], 200, "a revocation")
        expect(world.me("no-such-token"), 401, "a call with no token of ours")


def emptied(place, chance):
    """The kept sandbox starts again now and then, and so holds about as much at any time; so does the
    default one, whose journal has what came without a sandbox's name."""
    with World(place, "") as world:
        world.control("DELETE", "journal", wanted=204)
    with World(place, place.kept) as world:
        if chance.random() < 0.2:
            world.control("POST", "reset")
        else:
            world.control("DELETE", "journal", wanted=204)


def moved_clock(place, _):
    with sandbox(place, "clock") as world:
        pair = world.log_in()
        world.control("POST", "clock", {"advance": "10d"})
        expect(world.me(pair["access_token"]), 401, "a token of ten days ago")
        status, text, _ = world.refresh(pair)
        expect(status, 200, "a refresh after ten days")
        world.control("POST", "clock", {"freeze": True})
        expect(world.me(json.loads(text)["access_token"]), 200, "a call while time stands still")
        world.control("POST", "clock", {"reset": True})


FAULTS = {  # what is ordered, and what its client then sees
    "503": ({"status": 503, "retry_after": "1s"}, lambda seen: seen[0] == 503),
    "error": ({"oauth_error": "invalid_grant"}, lambda seen: seen[0] == 400),
    "html": ({"malformed": "html"}, lambda seen: "<html" in seen[1].lower()),
    "patch": ({"patch": {"expires_in": "1"}, "stage": "after_commit"}, lambda seen: '"1"' in seen[1]),
    "echo": ({"echo_secrets": True, "status": 400}, lambda seen: seen[0] == 400),
    "dribble": ({"dribble": {"bytes": 50, "every": "10ms"}, "stage": "after_commit"}, lambda seen: seen[0] == 200),
    "late": ({"delay": "100ms", "stage": "after_commit"}, lambda seen: seen[0] == 200),
    "reset": ({"connection": "reset"}, lambda seen: isinstance(seen, ConnectionResetError)),
    "lost": ({"connection": "reset", "stage": "after_commit"}, lambda seen: isinstance(seen, ConnectionResetError)),
    "empty": ({"connection": "empty"}, lambda seen: isinstance(seen, http.client.RemoteDisconnected)),
    "cut": ({"connection": "truncate", "stage": "after_commit"}, lambda seen: isinstance(seen, http.client.IncompleteRead)),
}


def faults(place, chance):
    with sandbox(place, "fault") as world:
        name = chance.choice(sorted(FAULTS))
        order, ordered = FAULTS[name]
        world.control("POST", "faults", {"on": {"endpoint": "token"}, "times": 1, "do": order}, 201)
        code = world.authorize()
        try:
            seen = world.redeem(code)
        except (OSError, http.client.HTTPException) as error:
            seen = error
            world.close()
        if not ordered(seen):
            raise Unordered(f"the fault {name} was seen as {seen!r}")
        expect(world.me(world.log_in()["access_token"]), 200, "a login after a fault")


def scenarios(place, chance):
    """Much goes wrong here, but nothing may hang, and no 500 comes that no fault has ordered."""
    with sandbox(place, "scenario") as world:
        names = world.control("GET", "scenarios")["scenarios"]
        name = chance.choice([s["name"] if isinstance(s, dict) else s for s in names])
        if name == "slow-token-endpoint":
            name = "refresh-rotates"
        world.control("POST", f"scenarios/{name}", {}, 200)
        pair = world.control("POST", "tokens", {"client_id": "demo"})
        for _ in range(3):
            for step in (lambda: world.call("GET", "/v1/user/me", Authorization="Bearer " + pair["access_token"]),
                         lambda: world.refresh(pair), lambda: world.redeem("no-such-code")):
                try:
                    status, _, headers = step()
                    if status >= 500 and "X-Mock-Fault" not in headers:
                        raise Unordered(f"a {status} in {name}")
                except (ConnectionError, http.client.HTTPException):
                    world.close()


def devices(place, _):
    with sandbox(place, "device") as world:
        _, text, _ = world.call("POST", "/v1/oauth/device_authorization", form={"client_id": "demo"})
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": "demo",
                "device_code": json.loads(text)["device_code"]}
        for wanted in ("authorization_pending", "slow_down"):
            _, text, _ = world.call("POST", "/v1/oauth/token", form=form)
            expect(json.loads(text).get("error"), wanted, "a poll")
        world.control("POST", "clock", {"advance": "1h"})
        _, text, _ = world.call("POST", "/v1/oauth/token", form=form)
        expect(json.loads(text).get("error"), "expired_token", "a poll an hour later")


def instruments(place, _):
    with World(place, place.kept) as world:
        world.log_in()
        entries = world.control("GET", "journal?limit=5")["entries"]
        world.control("GET", f"journal/{entries[-1]['seq']}/curl")
        world.control("POST", "verify", {"match": {"endpoint": "token"}, "count": {"min": 1}})
        world.control("GET", "tokens")
        expect("heygen_mock_sandboxes" in world.control("GET", "metrics"), True, "the metrics")
        expect(world.call("GET", "/_mock/ui/")[0], 200, "the page")
        expect(world.call("POST", "/_mock/clock", form={"advance": "1d"})[0], 415, "a form for the control API")


def by_tls(place, _):
    connection = http.client.HTTPSConnection(*place.https, timeout=PATIENCE, context=place.tls)
    with World(place, place.kept, connection) as world:
        expect(world.me(world.log_in()["access_token"]), 200, "a login by TLS")


def by_proxy(place, _):
    connection = http.client.HTTPSConnection(*place.proxy, timeout=PATIENCE, context=place.tls)
    connection.set_tunnel("api2.heygen.com", 443)
    with World(place, "", connection, "api2.heygen.com") as world:
        expect(world.me("no-such-token"), 401, "a call through the proxy")


def followers(place, chance):
    """Some read the events, some go without a word, some never read."""
    peer = place.tcp(receive_buffer=4096 if chance.random() < 0.5 else 0)
    peer.sendall(f"GET /s/{place.kept}/_mock/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    with World(place, place.kept) as world:
        for _ in range(chance.randrange(1, 30)):
            expect(world.me("no-such-token"), 401, "a call that is followed")
    if chance.random() < 0.5:
        expect(b"text/event-stream" in peer.recv(65536), True, "the head of the events")
    if chance.random() < 0.5:
        reset(peer)
    else:
        peer.close()


HOSTILE = (
    b"GET /slow HTTP/1.1\r\nHost: a\r\nX-Lo", b"POST /v1/oauth/token HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\nhalf",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00" * 100, b"GET / HTTP/1.1\r\n\r\n", b"X" * 40_000,
    b"GET /v1/user/me HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 50,
)


def hostile(place, chance):
    """Half a request, garbage, a flood; to any of the ports; left by FIN or RST at any moment."""
    peer = place.tcp(chance.choice((place.plain, place.https, place.proxy)))
    try:
        peer.sendall(chance.choice(HOSTILE))
        if chance.random() < 0.3:
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(65536):
                pass
    except OSError:
        pass  # it has hung up on us, as it should
    if chance.random() < 0.5:
        reset(peer)
    else:
        peer.close()


KINDS = (logins, logins, logins, emptied, moved_clock, faults, faults, scenarios, devices, instruments,
         by_tls, by_proxy, followers, followers, hostile, hostile)


def live(place, kept, seed, stop, done, failed):
    """Lives until told to stop, with a sandbox that is kept. done[kind] counts; failed collects
    (kind, error)."""
    place = copy.copy(place)
    place.kept = kept
    chance = random.Random(seed)
    while not stop.is_set():
        kind = chance.choice(KINDS)
        try:
            kind(place, chance)
            done[kind.__name__] += 1
        except Exception as error:  # pylint: disable=broad-except
            failed.append((kind.__name__, f"{type(error).__name__}: {error}"))
