// grant in Express. Its callback is always /connect/NAME/callback; it has no refresh.
import express from 'express'
import session from 'express-session'
import grant from 'grant'
import * as app from './after_login.mjs'

const server = express()
server.use(session({ secret: 'for one run', resave: false, saveUninitialized: true }))
server.use(grant.express({
  defaults: { origin: app.ORIGIN, transport: 'session', state: true },
  heygen: {
    authorize_url: app.AUTHORIZE_URL, access_url: app.TOKEN_URL, oauth: 2,
    key: app.CLIENT_ID, secret: app.CLIENT_SECRET, pkce: true, callback: '/finished',
  },
}))
server.get('/', (_req, res) => res.send('<a href="/login">Log in</a>'))
server.get('/login', (_req, res) => res.redirect('/connect/heygen'))
server.get('/finished', (req, res) => {
  const { access_token, refresh_token } = req.session.grant?.response ?? {}
  if (!access_token) return res.status(400).send('The login failed')
  req.session.tokens = { access_token, refresh_token }
  res.redirect('/')
})
server.get('/me', async (req, res) => {
  const { status, body } = await app.whoAmI(req.session.tokens, async (old) =>
    (req.session.tokens = app.merged(old, await app.refreshByHand(old))))
  res.status(status).send(body)
})
server.get('/logout', async (req, res) => {
  const { tokens } = req.session
  await new Promise((done) => req.session.destroy(done))
  await app.revoke(tokens)
  res.redirect('/')
})
server.listen(Number(app.PORT), '127.0.0.1', () => console.log('ready'))
