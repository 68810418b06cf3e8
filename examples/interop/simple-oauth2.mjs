// simple-oauth2: without a client secret it sends an empty one. It knows no PKCE and no state of its
// own: both are passed through it as further parameters.
import { createHash, randomBytes } from 'node:crypto'
import { AuthorizationCode } from 'simple-oauth2'
import { serve } from './harness.mjs'

let params, client
const unguessable = () => randomBytes(32).toString('base64url')

serve({
  name: 'simple-oauth2',
  configure(given) {
    params = given
    const [authorize, token, revoke] = [params.authorize_url, params.token_url, params.revoke_url].map((url) => new URL(url))
    client = new AuthorizationCode({
      client: { id: params.client_id, secret: params.client_secret },
      auth: { authorizeHost: authorize.origin, authorizePath: authorize.pathname + authorize.search,
        tokenHost: token.origin, tokenPath: token.pathname,
        refreshPath: new URL(params.refresh_url).pathname, revokePath: revoke.pathname },
      options: { authorizationMethod: 'body' },
    })
  },
  begin() {
    const [state, verifier] = [unguessable(), unguessable()]
    const url = client.authorizeURL({ redirect_uri: params.redirect_uri, state,
      ...(params.scope && { scope: params.scope }), code_challenge_method: 'S256',
      code_challenge: createHash('sha256').update(verifier).digest('base64url') })
    return { url, state, verifier }
  },
  async finish(url, { state, verifier }) {
    const [code, got] = [url.searchParams.get('code'), url.searchParams.get('state')]
    if (!code || !got || got !== state) throw new Error('this login was not begun here')
    const answer = await client.getToken({ code, redirect_uri: params.redirect_uri, code_verifier: verifier })
    return answer.token
  },
  refresh: async (tokens) => (await client.createToken(tokens).refresh()).token,
  revoke: (tokens) => client.createToken(tokens).revoke('refresh_token'),
  over: (error) => error.data?.payload?.error === 'invalid_grant',
})
