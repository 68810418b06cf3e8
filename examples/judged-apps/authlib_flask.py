#!/usr/bin/env python3
"""Authlib's Flask client, as its documentation shows it; PKCE on. The token is in a server's memory."""
import logging, os, secrets
from urllib.parse import urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session

ENV = os.environ
app = Flask(__name__)
logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it would log the callback's query
app.secret_key = secrets.token_hex(32)
tokens = {}  # by the key in the user's session


def save(token, refresh_token=None, access_token=None):
    tokens[session["key"]] = token


oauth = OAuth(app)
oauth.register("heygen", client_id=ENV["CLIENT_ID"], authorize_url=ENV["AUTHORIZE_URL"],
               access_token_url=ENV["TOKEN_URL"], api_base_url=ENV["API_URL"] + "/",
               fetch_token=lambda: tokens.get(session.get("key")), update_token=save,
               client_kwargs={"code_challenge_method": "S256", "timeout": 10,
                              "token_endpoint_auth_method": "none"})


@app.get("/login")
def login():
    return oauth.heygen.authorize_redirect(ENV["REDIRECT"])


@app.get(urlsplit(ENV["REDIRECT"]).path)
def callback():
    try:
        token = oauth.heygen.authorize_access_token()
    except OAuthError:
        return "The login failed", 403
    session["key"] = secrets.token_urlsafe(32)
    tokens[session["key"]] = token
    return redirect("/")


@app.get("/me")
def me():
    if session.get("key") not in tokens:
        return "Log in", 401
    try:
        return "", oauth.heygen.get("v1/user/me", allow_redirects=False).status_code
    except (OAuthError, OSError):
        return "", 502


@app.get("/")
def home():
    return "Hello"


app.run("127.0.0.1", int(ENV["PORT"]), threaded=True)
