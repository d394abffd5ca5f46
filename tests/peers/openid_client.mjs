// A platform built on openid-client. It reads one JSON command a line and answers each with one line; its settings
// come as JSON in PLATFORM: issuer, client, secret (or key, a private JWK), redirectUri, and whether to push and bind.
import { createInterface } from 'node:readline';
import * as oidc from 'openid-client';

const said = JSON.parse(process.env.PLATFORM);
let config;
let pending;
let tokens;
let dpop;

async function authentication() {
  if (!said.key) return said.post ? oidc.ClientSecretPost(said.secret) : oidc.ClientSecretBasic(said.secret);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('jwk', said.key, algorithm, false, ['sign']);
  return oidc.PrivateKeyJwt({ key, kid: said.key.kid });
}

function told() {
  const { access_token, refresh_token, id_token, token_type, scope, expires_in } = tokens;
  return { access_token, refresh_token, id_token, token_type, scope, expires_in, claims: tokens.claims() };
}

const commands = {
  async discover() {
    const metadata = { id_token_signed_response_alg: said.alg ?? 'RS256' };
    if (said.bind) metadata.dpop_bound_access_tokens = true;
    config = await oidc.discovery(new URL(said.issuer), said.client, metadata, await authentication(), {
      execute: [oidc.allowInsecureRequests],
    });
    oidc.enableNonRepudiationChecks(config);
    if (said.bind) dpop = { DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256')) };
    return config.serverMetadata();
  },
  async begin({ parameters = {} }) {
    const verifier = oidc.randomPKCECodeVerifier();
    pending = { pkceCodeVerifier: verifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
    const request = {
      redirect_uri: said.redirectUri,
      scope: 'openid profile email',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: pending.expectedState,
      nonce: pending.expectedNonce,
      ...parameters,
    };
    const build = said.push ? oidc.buildAuthorizationUrlWithPAR : oidc.buildAuthorizationUrl;
    return { url: (await build(config, request, dpop)).href };
  },
  async finish({ url, maxAge }) {
    const checks = { ...pending, idTokenExpected: true, maxAge };
    tokens = await oidc.authorizationCodeGrant(config, new URL(url), checks, undefined, dpop);
    return told();
  },
  async refresh({ parameters }) {
    tokens = await oidc.refreshTokenGrant(config, tokens.refresh_token, parameters, dpop);
    return told();
  },
  userinfo: ({ sub }) => oidc.fetchUserInfo(config, tokens.access_token, sub, dpop),
  introspect: ({ token }) => oidc.tokenIntrospection(config, token ?? tokens.access_token),
  async revoke({ token }) {
    await oidc.tokenRevocation(config, token ?? tokens.refresh_token);
    return {};
  },
  client_credentials: ({ parameters }) => oidc.clientCredentialsGrant(config, parameters, dpop),
  end_session: ({ parameters }) => ({ url: oidc.buildEndSessionUrl(config, parameters).href }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...rest } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ ok: await commands[name](rest) }));
  } catch (error) {
    const { message, code, error: oauth, status, cause } = error;
    console.log(JSON.stringify({ failed: { message, code, error: oauth, status, cause: String(cause?.message ?? '') } }));
  }
}
