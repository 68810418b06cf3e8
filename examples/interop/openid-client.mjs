// openid-client 6, as its README shows, without discovery.
import * as client from 'openid-client'
import { serve } from './harness.mjs'

let params, config, renewal
const configuration = (token_endpoint) => {
  const server = { issuer: params.issuer ?? 'https://api2.heygen.com', authorization_endpoint: params.authorize_url,
    token_endpoint, revocation_endpoint: params.revoke_url }
  const how = params.client_secret ? client.ClientSecretPost(params.client_secret) : client.None()
  const made = new client.Configuration(server, params.client_id, undefined, how)
  client.allowInsecureRequests(made) // the mock speaks http on loopback
  return made
}

serve({
  name: 'openid-client',
  claims: ['issuer'],
  configure(given) {
    params = given
    config = configuration(params.token_url)
    renewal = configuration(params.refresh_url)
  },
  async begin() {
    const [state, verifier] = [client.randomState(), client.randomPKCECodeVerifier()]
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: params.redirect_uri, state, code_challenge_method: 'S256',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      ...(params.scope && { scope: params.scope }),
    })
    return { url, state, verifier }
  },
  finish: (url, { state, verifier }) =>
    client.authorizationCodeGrant(config, url, { pkceCodeVerifier: verifier, expectedState: state }),
  refresh: ({ refresh_token }) => client.refreshTokenGrant(renewal, refresh_token),
  revoke: ({ refresh_token }) => client.tokenRevocation(config, refresh_token),
  over: (error) => error.error === 'invalid_grant' || error.status === 401,
})
