// better-auth with its genericOAuth plugin. It keeps the tokens in its own database, gives them out
// and refreshes them. Its callback is /api/auth/callback/NAME.
import { createServer } from 'node:http'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { toNodeHandler, fromNodeHeaders } from 'better-auth/node'
import { genericOAuth } from 'better-auth/plugins'
import * as app from './after_login.mjs'

const database = { user: [], session: [], account: [], verification: [] }
const auth = betterAuth({
  baseURL: app.ORIGIN, secret: 'for one run, and long enough for it',
  rateLimit: { enabled: false }, logger: { disabled: true },
  database: memoryAdapter(database), telemetry: { enabled: false },
  plugins: [genericOAuth({ config: [{
    providerId: 'heygen', clientId: app.CLIENT_ID, clientSecret: app.CLIENT_SECRET || undefined,
    authorizationUrl: app.AUTHORIZE_URL, tokenUrl: app.TOKEN_URL,
    userInfoUrl: app.TOKEN_URL.replace(/token$/, 'userinfo'), pkce: true,
    accountSubject: ({ profile }) => profile.sub,
    mapProfileToUser: ({ sub, email }) => ({ email: email ?? `${sub}@users.invalid` }), // it demands one
  }] })],
})

async function tokens(headers) {
  const session = await auth.api.getSession({ headers })
  const account = session && database.account.find((one) => one.userId === session.user.id)
  return account && { accountId: account.id, access_token: account.accessToken, refresh_token: account.refreshToken }
}

const pages = {
  '/': async () => new Response('<a href="/login">Log in</a>', { headers: { 'Content-Type': 'text/html' } }),
  '/login': async (headers) => {
    const body = { provider: 'heygen', callbackURL: '/' }
    const answer = await auth.api.signInSocial({ headers, asResponse: true, body })
    const { url } = await answer.json()
    const cookies = answer.headers.getSetCookie().map((cookie) => ['Set-Cookie', cookie])
    return new Response(null, { status: 302, headers: [['Location', url], ...cookies] })
  },
  '/me': async (headers) => {
    const { status, body: text } = await app.whoAmI(await tokens(headers), async ({ accountId }) => {
      const fresh = await auth.api.refreshToken({ headers, body: { accountId } })
      return { access_token: fresh.accessToken }
    })
    return new Response(text, { status })
  },
  '/logout': async (headers) => {
    const old = await tokens(headers)
    if (old) await auth.api.signOut({ headers })
    await app.revoke(old)
    database.account = database.account.filter(({ id }) => id !== old?.accountId)
    return new Response(null, { status: 302, headers: { Location: '/' } })
  },
}

const library = toNodeHandler(auth)
createServer(async (req, res) => {
  const page = pages[new URL(req.url, app.ORIGIN).pathname]
  if (!page) return library(req, res)
  const answer = await page(fromNodeHeaders(req.headers)).catch(
    () => new Response('The login failed', { status: 500 }))
  const headers = [...answer.headers].filter(([name]) => name !== 'set-cookie')
  res.writeHead(answer.status, [...headers, ...answer.headers.getSetCookie().map((c) => ['Set-Cookie', c])].flat())
  res.end(await answer.text())
}).listen(Number(app.PORT), '127.0.0.1', () => console.log('ready'))
