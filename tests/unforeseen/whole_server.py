"""The sound server with all that the contract has: consent pages, confidential clients, devices, and
as much of the mock's control API as the suite asks for, a sandbox for each check."""

import base64
import json
import re
import secrets
import threading
import time
from urllib.parse import unquote, urlsplit

from server import Refusal, Server

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


class Whole(Server):
    """sound"""

    DEVICE_LIFE, INTERVAL = 600, 5
    GRANTS = {**Server.GRANTS, DEVICE: "poll"}
    JSON = {**Server.JSON, "/device_authorization": "device"}

    def __init__(self):
        super().__init__()
        self.offset, self.frozen, self.approve, self.policies, self.lose = 0, None, "auto", {}, False
        self.devices, self.pending = {}, {}
        self.origin, self.base = "", ""  # as the request has them: where this sandbox is

    def now(self):
        return (self.frozen if self.frozen is not None else time.time()) + self.offset

    # --- the user --------------------------------------------------------------------------------
    def ask_user(self, client, uri, params, answer):
        if self.approve == "deny":
            raise Refusal("access_denied")
        if self.approve == "auto":
            return super().ask_user(client, uri, params, answer)
        ticket = self.make_secret()
        self.pending[ticket] = (client, uri, params, answer)
        return self.consent_page(ticket, client, params)

    def consent_page(self, ticket, client, params):
        return 200, {"Content-Type": "text/html; charset=utf-8"}, f"""<!doctype html>
<form method="post" action="{self.base}/decide">
<p>{self.escape(client)} asks for {self.escape(params.get("scope", "everything"))}</p>
<input type="hidden" name="ticket" value="{ticket}">
<button name="answer" value="approve">Approve</button>
<button name="answer" value="deny">Deny</button></form>"""

    def decide(self, method, body):
        params = self.params(body.decode("ascii"))[0]
        client, uri, asked, answer = self.pending.pop(params.get("ticket"), (None, None, None, None))
        if method != "POST" or not client:
            return self.page("no such request")
        approved = params.get("answer") == "approve"
        result = {"code": self.make_code(client, uri, asked)} if approved else {"error": "access_denied"}
        return (303, *self.redirect(uri, {**result, **answer})[1:])

    # --- clients with a secret -------------------------------------------------------------------
    def by_basic(self, field, params):
        try:
            name, _, secret = base64.b64decode(field.partition(" ")[2], validate=True).decode().partition(":")
        except ValueError:
            raise Refusal("invalid_client", 401) from None
        name, secret = unquote(name), unquote(secret)
        held = self.clients.get(name, {}).get("secret")
        if not held or held != secret or params.get("client_id", name) != name:
            raise Refusal("invalid_client", 401)
        return {**params, "client_id": name, "client_secret": secret}

    def judge_secret(self, params):
        secret = self.clients[params["client_id"]].get("secret")
        if secret and params.get("client_secret") != secret:
            raise Refusal("invalid_client")

    # --- devices ---------------------------------------------------------------------------------
    def device(self, method, query, headers, body):
        params, twice = self.params(body)
        if method != "POST" or twice:
            raise Refusal("invalid_request")
        if params.get("client_id") not in self.clients:
            raise Refusal("invalid_client")
        device, user = self.make_secret(), secrets.token_hex(4).upper()
        self.devices[device] = {"user_code": user, "client": params["client_id"], "status": "pending", "last": None,
                                "interval": self.INTERVAL, "until": self.now() + self.DEVICE_LIFE}
        page = self.origin + self.base + "/device"
        return {"device_code": device, "user_code": user, "verification_uri": page,
                "verification_uri_complete": page + "?user_code=" + user,
                "expires_in": self.DEVICE_LIFE, "interval": self.INTERVAL}

    def device_page(self, query):
        wanted = self.params(query)[0].get("user_code", "")
        for one in self.devices.values():
            if one["user_code"] == wanted and one["status"] == "pending" and one["until"] > self.now():
                one["status"] = "denied" if self.approve == "deny" else "approved"
                return 200, {"Content-Type": "text/html"}, "<p>Done</p>"
        return self.page("unknown code " + wanted)

    def poll(self, params):
        with self.lock:
            one = self.devices.get(params.get("device_code"))
            if not one or one["client"] != params["client_id"] or one["status"] == "used":
                raise Refusal("invalid_grant")
            if one["until"] <= self.now():
                raise Refusal("expired_token")
            early = one["last"] is not None and self.now() - one["last"] < one["interval"]
            one["last"] = self.now()
            if one["status"] == "denied":
                raise Refusal("access_denied")
            if early:
                one["interval"] += 5
                raise Refusal("slow_down")
            if one["status"] == "pending":
                raise Refusal("authorization_pending")
            one["status"] = "used"
            return self.issue(one["client"], self.make_secret())

    # --- the rest --------------------------------------------------------------------------------
    def used_again(self, held):
        if self.now() - held["used_at"] < int(self.policies.get("reuse_grace_s", 0)):
            return held["next"]
        return super().used_again(held)

    def other_page(self, method, parts, body):
        if parts.path == "/decide":
            return self.decide(method, body)
        if parts.path == "/device":
            return self.device_page(parts.query)
        return super().other_page(method, parts, body)

    def answer(self, method, target, headers, body):
        answer = super().answer(method, target, headers, body)
        if self.lose and answer[0] == 200 and b"grant_type=refresh_token" in body:
            self.lose = False
            return None, {}, ""
        return answer


class Worlds:
    """Sandboxes of one kind of server, and the control API."""

    def __init__(self, make):
        self.make, self.worlds, self.lock = make, {}, threading.Lock()

    def world(self, name):
        with self.lock:
            if name == "default" and name not in self.worlds:
                self.worlds[name] = self.make()
            return self.worlds.get(name)

    def answer(self, method, target, headers, body):
        parts = urlsplit(target)
        box = re.match(r"/s/([a-z0-9-]+)(/.*)$", parts.path)
        name, path = (box[1], box[2]) if box else ("default", parts.path)
        if path.startswith("/_mock/"):
            document = json.loads(body) if body else {}
            return 200, {"Content-Type": "application/json"}, json.dumps(self.control(name, method, path[7:], document))
        world = self.world(name)
        if world is None:
            return 404, {}, ""
        world.base, world.origin = ("/s/" + name if box else ""), "http://" + headers.get("Host", "")
        return world.answer(method, path + ("?" + parts.query if "?" in target else ""), headers, body)

    def control(self, name, method, path, document):
        head, _, rest = path.partition("/")
        if head == "sandboxes":
            if method == "DELETE":
                self.worlds.pop(rest, None)
            else:
                world = self.worlds[rest] = self.make()
                world.clients = {one["id"]: one for one in document.get("clients", [])}
                world.approve = document.get("approve", "auto")
            return {}
        world = self.world(name)
        if head == "clients":
            world.clients[unquote(rest)] = document
        elif head == "config":
            world.approve = document.get("approve", world.approve)
            world.policies.update(document.get("policies", {}))
        elif head == "clock":
            world.offset += int(document.get("advance", "0s")[:-1])
            if document.get("freeze"):
                world.frozen = time.time()
        elif head == "faults":
            world.lose = True
        elif head == "tokens":
            return {"tokens": [{"kind": "refresh", "status": self.status_of(one)} for one in world.refresh.values()]}
        return {}

    @staticmethod
    def status_of(record):
        return "revoked" if record["dead"] else "used" if record["used"] else "active"
