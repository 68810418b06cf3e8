"""An adapter around requests-oauthlib's OAuth2Session, used as its documentation shows (Debian:
python3-requests-oauthlib). That release knows no PKCE: the integrator passes it through."""
import base64
import hashlib
import json
import os
import secrets
import sys
from pathlib import Path

import requests_oauthlib
from oauthlib.oauth2 import InvalidGrantError
from requests_oauthlib import OAuth2Session

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the mock speaks http on loopback


class Adapter:
    def hello(self):
        return {"name": "requests-oauthlib", "version": requests_oauthlib.__version__,
                "capabilities": ["refresh", "logout", "restart", "two-sessions"]}

    def configure(self, **config):
        self.config, self.pending = config, {}

    def begin_login(self, session):
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        url, state = self.client().authorization_url(
            self.config["authorize_url"], state=secrets.token_urlsafe(32),
            code_challenge=base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            code_challenge_method="S256")
        self.pending[session] = (state, verifier)
        return {"authorize_url": url}

    def callback(self, session, url):
        state, verifier = self.pending.pop(session)
        self.save(session, self.client(state=state).fetch_token(
            self.config["token_url"], authorization_response=url, include_client_id=True,
            client_secret=self.config.get("client_secret"), code_verifier=verifier))

    def state(self, session):
        waits = "pending" if session in self.pending else "login_required"
        return {"state": "logged_in" if self.load(session) else waits}

    def call_api(self, session, method, path, body=None):
        url = self.config["api_url"] + path
        answer = self.client(token=self.load(session)).request(method, url, data=body)
        if answer.status_code == 401 and "refresh_token" in self.load(session):
            self.refresh(session)
            answer = self.client(token=self.load(session)).request(method, url, data=body)
        return {"status": answer.status_code, "body": answer.text}

    def refresh(self, session):
        old = self.load(session)
        extra = {k: self.config[k] for k in ("client_id", "client_secret") if k in self.config}
        try:
            new = self.client(token=old).refresh_token(
                self.config["refresh_url"], refresh_token=old["refresh_token"], **extra)
        except InvalidGrantError:
            self.save(session, None)
            raise
        self.save(session, new)

    def logout(self, session):
        token = self.load(session)
        self.save(session, None)
        self.pending.pop(session, None)
        if "refresh_token" in token:  # the library has no call for it
            form = {"token": token["refresh_token"], "client_id": self.config["client_id"]}
            self.client().post(self.config["revoke_url"], form, timeout=5, withhold_token=True,
                               allow_redirects=False)

    def client(self, state=None, token=None):
        return OAuth2Session(self.config["client_id"], redirect_uri=self.config["redirect_uri"],
                             scope=self.config.get("scope"), state=state, token=token)

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
