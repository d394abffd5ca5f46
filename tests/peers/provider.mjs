// node-oidc-provider with a sign-in page and a durable store, for measuring beside: settings come as JSON in PEER.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import { Provider } from 'oidc-provider';
import { adapter, addAccounts, open } from './provider_store.mjs';

const said = JSON.parse(process.env.PEER);
const store = await open(said.store);
await addAccounts(store, said.accounts);
const SCOPES = 'openid profile email phone offline_access api';
const key = generateKeyPairSync('rsa', { modulusLength: said.rsaBits }).privateKey.export({ format: 'jwk' });

const provider = new Provider(said.issuer, {
  adapter: adapter(store),
  clients: said.clients,
  jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256', kid: 'k1' }] },
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  scopes: ['openid', 'profile', 'email', 'phone', 'offline_access', 'api'],
  claims: {
    profile: ['name', 'nickname', 'given_name', 'family_name', 'birthdate', 'gender', 'updated_at'],
    email: ['email', 'email_verified'],
    phone: ['phone_number', 'phone_number_verified'],
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true },
  },
  ttl: { AccessToken: 600, AuthorizationCode: 60, ClientCredentials: 600, IdToken: 600, RefreshToken: 2592000,
    Session: 43200, Grant: 2592000, Interaction: 1800 },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  // A platform of one's own asks nobody's consent.
  async loadExistingGrant(ctx) {
    const { client, session, provider: here } = ctx.oidc;
    const known = session.grantIdFor(client.clientId);
    if (known) return here.Grant.find(known);
    const grant = new here.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(SCOPES);
    await grant.save();
    return grant;
  },
  async findAccount(_, id) {
    const row = await store.one('account', [id]);
    return row && { accountId: id, claims: async () => ({ sub: id, ...store.parse(row.claims) }) };
  },
});

const page = (uid, name) => `<!DOCTYPE html><html lang="en"><head><title>Sign in</title></head><body><h1>Sign in</h1>
<form method="post" action="/interaction/${uid}"><label>User <input name="username" value="${name}"></label>
<label>Password <input type="password" name="password"></label><button type="submit">Sign in</button></form></body></html>`;

async function body(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return new URLSearchParams(Buffer.concat(pieces).toString());
}

async function right(row, password) {
  if (!row) return false;
  return row.hash.startsWith('$argon2') ? verify(row.hash, password) : row.hash === password;
}

async function interaction(request, response) {
  const { uid } = await provider.interactionDetails(request, response);
  response.setHeader('cache-control', 'no-store');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  if (request.method === 'POST') {
    const form = await body(request);
    const row = await store.one('accountByName', [form.get('username')]);
    if (await right(row, form.get('password'))) {
      await provider.interactionFinished(request, response, { login: { accountId: row.id } });
      return;
    }
  }
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(page(uid, ''));
}

const rest = provider.callback();
const server = createServer((request, response) => {
  if (request.url.startsWith('/interaction/')) {
    interaction(request, response).catch((error) => {
      response.statusCode = 400;
      response.end(String(error));
    });
  } else {
    rest(request, response);
  }
});
server.keepAliveTimeout = 600000;
server.listen(said.port, '127.0.0.1', () => console.log('ready'));
process.stdin.on('end', () => process.exit(0)).resume();
