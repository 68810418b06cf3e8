"""An adapter around Authlib's OAuth2Session, used as its documentation shows:

    heygen-conformance client -- python3 examples/adapters/authlib_adapter.py

Needs Authlib and requests (Debian: python3-authlib python3-requests). What is not the library's an
integrator has to write as well: pending logins, where tokens are kept, one refresh after a 401.
"""
import hashlib
import json
import sys
from pathlib import Path

import authlib
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session


class Adapter:
    def hello(self):
        return {"name": "Authlib", "version": authlib.__version__,
                "capabilities": ["refresh", "logout", "restart", "two-sessions"]}

    def configure(self, **config):
        self.config, self.pending = config, {}

    def begin_login(self, session):
        verifier = generate_token(64)
        url, state = self.client().create_authorization_url(
            self.config["authorize_url"], code_verifier=verifier)
        self.pending[session] = (state, verifier)
        return {"authorize_url": url}

    def callback(self, session, url):
        state, verifier = self.pending.pop(session)
        self.save(session, self.client().fetch_token(
            self.config["token_url"], authorization_response=url, state=state,
            code_verifier=verifier))

    def state(self, session):
        waits = "pending" if session in self.pending else "login_required"
        return {"state": "logged_in" if self.load(session) else waits}

    def call_api(self, session, method, path, body=None):
        url = self.config["api_url"] + path
        answer = self.client(self.load(session)).request(method, url, data=body)
        if answer.status_code == 401 and "refresh_token" in self.load(session):
            self.refresh(session)
            answer = self.client(self.load(session)).request(method, url, data=body)
        return {"status": answer.status_code, "body": answer.text}

    def refresh(self, session):
        old = self.load(session)
        try:
            new = self.client(old).refresh_token(
                self.config["refresh_url"], refresh_token=old["refresh_token"])
        except Exception as error:
            if getattr(error, "error", "") == "invalid_grant":
                self.save(session, None)
            raise
        self.save(session, new)

    def logout(self, session):
        token = self.load(session)
        self.save(session, None)
        self.pending.pop(session, None)
        if "refresh_token" in token:
            self.client(token).revoke_token(
                self.config["revoke_url"], token=token["refresh_token"], timeout=5)

    def client(self, token=None):
        secret = self.config.get("client_secret")
        return OAuth2Session(
            self.config["client_id"], secret, redirect_uri=self.config["redirect_uri"],
            scope=self.config.get("scope"), code_challenge_method="S256", token=token,
            token_endpoint_auth_method="client_secret_post" if secret else "none")

    def path(self, session):
        return Path(self.config["store_dir"], hashlib.sha256(session.encode()).hexdigest())

    def load(self, session):
        return json.loads(self.path(session).read_text()) if self.path(session).exists() else {}

    def save(self, session, token):
        fresh = self.path(session + " new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(token or {}))
        fresh.replace(self.path(session))

adapter = Adapter()
for line in sys.stdin:
    question = json.loads(line)
    try:
        result = getattr(adapter, question["op"])(**question.get("params", {}))
        answer = {"id": question["id"], "ok": True, "result": result or {}}
    except Exception as error:
        answer = {"id": question["id"], "ok": False,
                  "error": {"kind": type(error).__name__, "message": str(error)}}
    print(json.dumps(answer), flush=True)
