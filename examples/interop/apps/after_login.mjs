// What an app does with tokens, whichever library got them: a call, one refresh and one more try
// after a 401, and a logout that revokes. Settings as in examples/apps/app.mjs.
export const { AUTHORIZE_URL, TOKEN_URL, REVOKE_URL, API_URL, CLIENT_ID, REDIRECT, PORT } = process.env
export const CLIENT_SECRET = process.env.CLIENT_SECRET ?? ''
export const ORIGIN = new URL(REDIRECT).origin

const post = (url, form) =>
  fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ ...form, client_id: CLIENT_ID }) })

// For libraries that leave the refresh to the app.
export async function refreshByHand({ refresh_token }) {
  const answer = await post(TOKEN_URL, { grant_type: 'refresh_token', refresh_token })
  if (!answer.ok) throw new Error(`the refresh was refused: ${answer.status}`)
  return answer.json()
}

// The status and the body of a call. `tokens`: what the login brought, none without one; `renew`
// gets new ones for them and keeps what it got.
export async function whoAmI(tokens, renew) {
  const ask = ({ access_token }) =>
    fetch(`${API_URL}/v1/user/me`, { redirect: 'manual', headers: { Authorization: `Bearer ${access_token}` } })
  if (!tokens?.access_token) return { status: 401, body: 'log in first' }
  let answer = await ask(tokens)
  if (answer.status === 401 && tokens.refresh_token) {
    try {
      answer = await ask(await renew(tokens))
    } catch {
      return { status: 401, body: 'log in again' }
    }
  }
  return { status: answer.status, body: await answer.text() }
}

// An answer may leave the refresh token out: then the old one stays (RFC 6749 section 6).
export const merged = (old, fresh) => ({
  access_token: fresh.access_token, refresh_token: fresh.refresh_token || old.refresh_token })

export const revoke = (tokens) => tokens?.refresh_token && post(REVOKE_URL, { token: tokens.refresh_token })
