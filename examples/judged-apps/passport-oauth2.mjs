// passport-oauth2 with express, as its README shows it; state and PKCE on.
import { randomBytes } from "node:crypto";
import express from "express";
import session from "express-session";
import passport from "passport";
import { Strategy } from "passport-oauth2";
import { callApi, callbackPath, env } from "./web.mjs";

passport.use(
  new Strategy(
    {
      authorizationURL: env.AUTHORIZE_URL,
      tokenURL: env.TOKEN_URL,
      clientID: env.CLIENT_ID,
      callbackURL: env.REDIRECT,
      state: true,
      pkce: true,
    },
    (accessToken, refreshToken, profile, done) => done(null, { accessToken }),
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
const secret = randomBytes(32).toString("hex");
app.use(session({ secret, resave: false, saveUninitialized: false }));
app.use(passport.initialize(), passport.session());
app.get("/login", passport.authenticate("oauth2"));
const landed = { successRedirect: "/", failureRedirect: "/failed" };
app.get(callbackPath, passport.authenticate("oauth2", landed));
app.get("/me", async (req, res) => res.sendStatus(await callApi(req.user?.accessToken)));
app.get("/", (req, res) => res.send("Hello"));
app.get("/failed", (req, res) => res.status(403).send("The login failed"));
app.use((error, req, res, next) => res.status(500).send("Something went wrong"));
app.listen(Number(env.PORT), "127.0.0.1");
