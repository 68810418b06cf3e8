// @auth/core, the engine of next-auth, SvelteKit's and Express's Auth.js. It knows no refresh: its
// guide leaves it to the app. Its callback is /auth/callback/NAME.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { Auth, skipCSRFCheck } from '@auth/core'
import { getToken } from '@auth/core/jwt'
import * as app from './after_login.mjs'

const secret = 'for one run, and long enough for it'
const sessions = new Map() // the cookie holds a name, not the tokens
const config = {
  basePath: '/auth', trustHost: true, secret, skipCSRFCheck, session: { strategy: 'jwt' },
  logger: { error: () => {}, warn: () => {}, debug: () => {} },
  providers: [{
    id: 'heygen', name: 'HeyGen', type: 'oauth', checks: ['pkce', 'state'],
    clientId: app.CLIENT_ID, clientSecret: app.CLIENT_SECRET,
    client: { token_endpoint_auth_method: app.CLIENT_SECRET ? 'client_secret_post' : 'none' },
    authorization: { url: app.AUTHORIZE_URL, params: { scope: '' } }, token: app.TOKEN_URL,
    userinfo: app.TOKEN_URL.replace(/token$/, 'userinfo'),
  }],
  callbacks: {
    jwt({ token, account }) {
      if (!account) return token
      const key = randomUUID()
      sessions.set(key, account)
      return { ...token, key }
    },
  },
}
const keyOf = async (request) => (await getToken({ req: request, secret }))?.key

const pages = {
  '/': async () => new Response('<a href="/login">Log in</a>', { headers: { 'Content-Type': 'text/html' } }),
  '/login': ({ headers }) => Auth(new Request(`${app.ORIGIN}/auth/signin/heygen`, {
    method: 'POST', headers, body: new URLSearchParams({ callbackUrl: '/' }) }), config),
  '/me': async (request) => {
    const key = await keyOf(request)
    const { status, body } = await app.whoAmI(sessions.get(key), async (old) => {
      sessions.set(key, app.merged(old, await app.refreshByHand(old)))
      return sessions.get(key)
    })
    return new Response(body, { status })
  },
  '/logout': async (request) => {
    const key = await keyOf(request)
    const tokens = sessions.get(key)
    sessions.delete(key)
    await app.revoke(tokens)
    return Auth(new Request(`${app.ORIGIN}/auth/signout`, { method: 'POST', headers: request.headers }), config)
  },
}

createServer(async (req, res) => {
  const { cookie = '' } = req.headers
  const request = new Request(app.ORIGIN + req.url, { headers: { cookie } })
  const page = pages[new URL(request.url).pathname] ?? ((asked) => Auth(asked, config))
  const answer = await page(request)
  const headers = [...answer.headers].filter(([name]) => name !== 'set-cookie')
  res.writeHead(answer.status, [...headers, ...answer.headers.getSetCookie().map((c) => ['Set-Cookie', c])].flat())
  res.end(await answer.text())
}).listen(Number(app.PORT), '127.0.0.1', () => console.log('ready'))
