// @fastify/oauth2. It keeps state and verifier in cookies; what comes after the login is the app's.
import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import oauth2 from '@fastify/oauth2'
import * as app from './after_login.mjs'

const sessions = new Map()
const [authorize, token, revoke] = [app.AUTHORIZE_URL, app.TOKEN_URL, app.REVOKE_URL].map((url) => new URL(url))
const server = Fastify()
await server.register(oauth2, {
  name: 'heygen', pkce: 'S256', scope: [],
  credentials: {
    client: { id: app.CLIENT_ID, secret: app.CLIENT_SECRET },
    auth: { authorizeHost: authorize.origin, authorizePath: authorize.pathname,
      tokenHost: token.origin, tokenPath: token.pathname, revokePath: revoke.pathname },
    options: { authorizationMethod: 'body' },
  },
  tokenRequestParams: { client_id: app.CLIENT_ID },
  startRedirectPath: '/login', callbackUri: app.REDIRECT,
})
server.get('/', (_req, reply) => reply.type('text/html').send('<a href="/login">Log in</a>'))
server.get(new URL(app.REDIRECT).pathname, async (req, reply) => {
  const { token } = await server.heygen.getAccessTokenFromAuthorizationCodeFlow(req, reply)
  const key = randomUUID()
  sessions.set(key, token)
  return reply.setCookie('session', key, { path: '/', httpOnly: true, sameSite: 'lax' }).redirect('/')
})
server.get('/me', async (req, reply) => {
  const key = req.cookies.session
  const { status, body } = await app.whoAmI(sessions.get(key), async (old) => {
    const { token } = await server.heygen.getNewAccessTokenUsingRefreshToken(old, {})
    sessions.set(key, app.merged(old, token))
    return token
  })
  return reply.code(status).type('text/plain').send(body)
})
server.get('/logout', async (req, reply) => {
  const tokens = sessions.get(req.cookies.session)
  sessions.delete(req.cookies.session)
  if (tokens) await server.heygen.revokeToken(tokens, 'refresh_token')
  return reply.redirect('/')
})
await server.listen({ port: Number(app.PORT), host: '127.0.0.1' })
console.log('ready')
