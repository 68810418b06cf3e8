// arctic: its generic OAuth2Client. It compares no state: the caller does (its guide shows how).
import * as arctic from 'arctic'
import { serve } from './harness.mjs'

let config, client
const tokens = (answer) => ({
  access_token: answer.accessToken(),
  refresh_token: answer.hasRefreshToken() ? answer.refreshToken() : undefined,
})

serve({
  name: 'arctic',
  configure(params) {
    config = params
    client = new arctic.OAuth2Client(config.client_id, config.client_secret ?? null, config.redirect_uri)
  },
  begin() {
    const [state, verifier] = [arctic.generateState(), arctic.generateCodeVerifier()]
    const scopes = config.scope ? config.scope.split(' ') : []
    const url = client.createAuthorizationURLWithPKCE(
      config.authorize_url, state, arctic.CodeChallengeMethod.S256, verifier, scopes)
    return { url, state, verifier }
  },
  async finish(url, { state, verifier }) {
    const [code, got] = [url.searchParams.get('code'), url.searchParams.get('state')]
    if (!code || !got || got !== state) throw new Error('this login was not begun here')
    return tokens(await client.validateAuthorizationCode(config.token_url, code, verifier))
  },
  refresh: async ({ refresh_token }) =>
    tokens(await client.refreshAccessToken(config.refresh_url, refresh_token, [])),
  revoke: ({ refresh_token }) => client.revokeToken(config.revoke_url, refresh_token),
  over: (error) => error instanceof arctic.OAuth2RequestError && error.code === 'invalid_grant',
})
