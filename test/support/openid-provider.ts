/** A real OpenID provider on this machine, at which whoever is named signs in without being asked anything. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

export interface Account {
  email?: string;
  email_verified?: boolean;
  name?: string;
  groups?: string[];
}

export interface OpenidProvider extends AsyncDisposable {
  issuer: string;
  secret: string;
  accounts: Map<string, Account>;
  /** Who sits before the browser, and by which means they sign in. */
  sits: { subject: string; methods?: string[] };
  /** Follows a way out as a browser would, up to where it leads back. */
  follow(address: string): Promise<URL>;
}

export const OIDC_CLIENT = 'reprise';

export async function startOpenidProvider(redirectUri: string): Promise<OpenidProvider> {
  const secret = 'geheimnis-der-anwendung-0123456789';
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const accounts = new Map<string, Account>();
  const own: OpenidProvider = {
    issuer,
    secret,
    accounts,
    sits: { subject: '' },
    follow: (address) => follow(address, redirectUri),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(issuer, {
    clients: [{ client_id: OIDC_CLIENT, client_secret: secret, redirect_uris: [redirectUri] }],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] },
    cookies: { keys: ['x'] },
    claims: {
      openid: ['sub', 'amr'],
      email: ['email', 'email_verified'],
      profile: ['name'],
      groups: ['groups'],
    },
    scopes: ['openid', 'email', 'profile', 'groups'],
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/sign-in-there/${uid}` },
    ttl: { Session: 1, Interaction: 60, Grant: 60, AccessToken: 60, IdToken: 60 },
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, ...accounts.get(accountId) }),
    }),
    async loadExistingGrant(ctx) {
      const { client, session } = ctx.oidc;
      const grant = new provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! });
      grant.addOIDCScope('openid email profile groups');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.startsWith('/sign-in-there/')) return void answer(request, response);
    const { subject, methods } = own.sits;
    const login = { accountId: subject, remember: false, ...(methods && { amr: methods }) };
    provider.interactionFinished(request, response, { login }).catch((error: Error) => {
      response.statusCode = 500;
      response.end(error.message);
    });
  });
  return own;
}

async function follow(address: string, redirectUri: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = address;
  for (let steps = 0; steps < 10; steps++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(at, { redirect: 'manual', headers: { cookie } });
    for (const one of response.headers.getSetCookie()) {
      const [name, value] = one.split(';')[0]!.split(/=(.*)/);
      cookies.set(name!, value!);
    }
    const next = response.headers.get('location');
    if (!next) throw new Error(`${response.status} at ${at}: ${(await response.text()).slice(0, 500)}`);
    at = new URL(next, at).href;
    if (at.startsWith(redirectUri)) return new URL(at);
  }
  throw new Error(`Led round and round to ${at}.`);
}
