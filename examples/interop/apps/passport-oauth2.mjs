// passport-oauth2 in Express. Passport stores the user; here that is the pair of tokens. The library
// has no refresh of its own; the client that it is made of has.
import express from 'express'
import session from 'express-session'
import passport from 'passport'
import OAuth2Strategy from 'passport-oauth2'
import * as app from './after_login.mjs'

const strategy = new OAuth2Strategy({
  authorizationURL: app.AUTHORIZE_URL, tokenURL: app.TOKEN_URL,
  clientID: app.CLIENT_ID, clientSecret: app.CLIENT_SECRET, callbackURL: app.REDIRECT,
  pkce: true, state: true,
}, (access_token, refresh_token, _profile, done) => done(null, { access_token, refresh_token }))
passport.use(strategy)
passport.serializeUser((tokens, done) => done(null, tokens))
passport.deserializeUser((tokens, done) => done(null, tokens))

const refresh = ({ refresh_token }) => new Promise((resolve, reject) =>
  strategy._oauth2.getOAuthAccessToken(refresh_token, { grant_type: 'refresh_token' },
    (error, access_token, refresh_token) => (error ? reject(error) : resolve({ access_token, refresh_token }))))

const server = express()
server.use(session({ secret: 'for one run', resave: false, saveUninitialized: false }))
server.use(passport.session())
server.get('/', (_req, res) => res.send('<a href="/login">Log in</a>'))
server.get('/login', passport.authenticate('oauth2'))
server.get(new URL(app.REDIRECT).pathname,
  passport.authenticate('oauth2', { successRedirect: '/', failureRedirect: '/' }))
server.get('/me', async (req, res) => {
  const { status, body } = await app.whoAmI(req.user, async (old) =>
    (req.session.passport.user = app.merged(old, await refresh(old))))
  res.status(status).send(body)
})
server.get('/logout', async (req, res) => {
  const tokens = req.user
  await new Promise((done) => req.logout(done))
  await app.revoke(tokens)
  res.redirect('/')
})
server.use((_error, _req, res, _next) => res.status(400).send('The login failed'))
server.listen(Number(app.PORT), '127.0.0.1', () => console.log('ready'))
