// What an integrator writes around a library, whichever it is: pending logins, where tokens are
// kept, one refresh at a time, one retry after a 401. Behind it, the adapter protocol.
//
// serve({ name, configure(config), begin() -> { url, ...kept }, finish(url, kept) -> tokens,
//         refresh(tokens) -> tokens, revoke?(tokens) }); tokens: access_token, refresh_token
import { createHash, webcrypto } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

globalThis.crypto ??= webcrypto // Node 18
const version = (name) =>
  JSON.parse(readFileSync(join(process.env.INTEROP_MODULES, name, 'package.json'))).version

export function serve(library) {
  let config
  const [pending, refreshing] = [new Map(), new Map()]
  const path = (session) => join(config.store_dir, createHash('sha256').update(session).digest('hex'))
  const load = (session) => (existsSync(path(session)) ? JSON.parse(readFileSync(path(session))) : {})
  const save = (session, tokens) => {
    writeFileSync(path(session) + '.new', JSON.stringify(tokens), { mode: 0o600 })
    renameSync(path(session) + '.new', path(session))
  }
  async function renew(session) {
    const old = load(session)
    if (!old.refresh_token) throw new Error('login required')
    try {
      const fresh = await library.refresh(old)
      save(session, { ...fresh, refresh_token: fresh.refresh_token || old.refresh_token })
    } catch (error) {
      if (library.over(error)) save(session, {})
      throw error
    }
  }
  async function send(session, method, target, body) {
    const { access_token } = load(session)
    if (!access_token) throw new Error('login required')
    const headers = { Authorization: `Bearer ${access_token}` }
    return fetch(config.api_url + target, { method, body, headers, redirect: 'manual' })
  }
  const operations = {
    hello: () => ({ name: library.name, version: version(library.name),
      capabilities: ['refresh', 'logout', 'restart', 'concurrency', 'two-sessions', ...(library.claims ?? [])] }),
    configure(params) {
      config = params
      pending.clear()
      return library.configure(params)
    },
    async begin_login({ session }) {
      const login = await library.begin()
      pending.set(session, login)
      return { authorize_url: String(login.url) }
    },
    async callback({ session, url }) {
      const login = pending.get(session)
      if (!login) throw new Error('no login is pending')
      pending.delete(session)
      save(session, await library.finish(new URL(url), login))
    },
    state: ({ session }) => ({ state: load(session).access_token ? 'logged_in' : pending.has(session) ? 'pending' : 'login_required' }),
    async call_api({ session, method, path: target, body }) {
      const used = load(session).access_token
      let answer = await send(session, method, target, body)
      if (answer.status === 401 && load(session).refresh_token) {
        if (load(session).access_token === used) await operations.refresh({ session })
        answer = await send(session, method, target, body)
      }
      return { status: answer.status, body: await answer.text() }
    },
    async refresh({ session }) {
      if (!refreshing.has(session)) refreshing.set(session, renew(session).finally(() => refreshing.delete(session)))
      await refreshing.get(session)
    },
    async logout({ session }) {
      const tokens = load(session)
      pending.delete(session)
      save(session, {})
      if (tokens.refresh_token) await library.revoke?.(tokens)
    },
  }
  createInterface({ input: process.stdin }).on('line', async (line) => {
    const { id, op, params } = JSON.parse(line)
    const answer = await Promise.resolve().then(() => operations[op](params)).then(
      (result) => ({ id, ok: true, result: result ?? {} }),
      (error) => ({ id, ok: false, error: { kind: String(error.code ?? error.name), message: error.message } }))
    console.log(JSON.stringify(answer))
  })
}
