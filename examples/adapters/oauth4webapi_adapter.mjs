// An adapter around oauth4webapi, used as its documentation shows:
//
//   npm install --prefix examples/adapters
//   heygen-conformance client -- node examples/adapters/oauth4webapi_adapter.mjs
//
// What is not the library's an integrator has to write as well: pending logins, where tokens are
// kept, one refresh at a time, one retry after a 401.
import { createHash, webcrypto } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as oauth from 'oauth4webapi'

globalThis.crypto ??= webcrypto // Node 18
const http = { [oauth.allowInsecureRequests]: true } // the mock speaks http on loopback
let config, server, client, pending, refreshing

const path = (session) => join(config.store_dir, createHash('sha256').update(session).digest('hex'))
const load = (session) => (existsSync(path(session)) ? JSON.parse(readFileSync(path(session))) : {})
const save = (session, tokens) => {
  writeFileSync(path(session) + '.new', JSON.stringify(tokens), { mode: 0o600 })
  renameSync(path(session) + '.new', path(session))
}
const authentication = () => config.client_secret ? oauth.ClientSecretPost(config.client_secret) : oauth.None()

async function send(session, method, target, body) {
  const { access_token } = load(session)
  if (!access_token) throw new Error('login required')
  return oauth.protectedResourceRequest(
    access_token, method, new URL(config.api_url + target), new Headers(), body, http)
    .catch((error) => error.response ?? Promise.reject(error)) // a 401 with WWW-Authenticate throws
}

async function refresh(session) {
  const old = load(session)
  if (!old.refresh_token) throw new Error('login required')
  const response = await oauth.refreshTokenGrantRequest(
    { ...server, token_endpoint: config.refresh_url }, client, authentication(), old.refresh_token, http)
  try {
    const fresh = await oauth.processRefreshTokenResponse(server, client, response)
    save(session, { refresh_token: old.refresh_token, ...fresh })
  } catch (error) {
    if (error.error === 'invalid_grant' || error.status === 401) save(session, {})
    throw error
  }
}

const operations = {
  hello: () => ({ name: 'oauth4webapi', version: '3', capabilities: ['refresh', 'logout', 'restart', 'concurrency', 'two-sessions', 'issuer'] }),
  configure(params) {
    [config, pending, refreshing] = [params, new Map(), new Map()]
    server = { issuer: config.issuer ?? 'https://api2.heygen.com', token_endpoint: config.token_url, revocation_endpoint: config.revoke_url }
    client = { client_id: config.client_id }
  },
  async begin_login({ session }) {
    const [state, verifier] = [oauth.generateRandomState(), oauth.generateRandomCodeVerifier()]
    pending.set(session, { state, verifier })
    const url = new URL(config.authorize_url)
    const query = { response_type: 'code', client_id: config.client_id, redirect_uri: config.redirect_uri, state, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    if (config.scope) url.searchParams.set('scope', config.scope)
    return { authorize_url: url.href }
  },
  async callback({ session, url }) {
    const { state, verifier } = pending.get(session) ?? {}
    if (!state) throw new Error('no login is pending')
    pending.delete(session)
    const parameters = oauth.validateAuthResponse(server, client, new URL(url), state)
    const response = await oauth.authorizationCodeGrantRequest(server, client, authentication(), parameters, config.redirect_uri, verifier, http)
    save(session, await oauth.processAuthorizationCodeResponse(server, client, response))
  },
  state: ({ session }) => ({ state: load(session).access_token ? 'logged_in' : pending.has(session) ? 'pending' : 'login_required' }),
  async call_api({ session, method, path: target, body }) {
    const used = load(session).access_token
    let response = await send(session, method, target, body)
    if (response.status === 401 && load(session).refresh_token) {
      if (load(session).access_token === used) await operations.refresh({ session })
      response = await send(session, method, target, body)
    }
    return { status: response.status, body: await response.text() }
  },
  async refresh({ session }) {
    if (!refreshing.has(session)) refreshing.set(session, refresh(session).finally(() => refreshing.delete(session)))
    await refreshing.get(session)
  },
  async logout({ session }) {
    const { refresh_token } = load(session)
    pending.delete(session)
    save(session, {})
    if (refresh_token) await oauth.revocationRequest(server, client, authentication(), refresh_token, http)
  },
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, op, params } = JSON.parse(line)
  const answer = await Promise.resolve().then(() => operations[op](params)).then(
    (result) => ({ id, ok: true, result: result ?? {} }),
    (error) => ({ id, ok: false, error: { kind: error.code ?? error.name, message: error.message } }))
  console.log(JSON.stringify(answer))
})
