/** An OpenID provider, as its client: one keeper of `openid-client`. */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { Reach } from '#/jobs/stores/reach.ts';
import type { Claims } from '#/plans/single-sign-on/judge.ts';
import type { SignOn } from '#/plans/single-sign-on/settings.ts';
import { guardedFetch } from './guarded-fetch.ts';

export interface Registered {
  signOn: Pick<SignOn, 'issuer' | 'oidcClient'>;
  secret: string;
  privateHosts: readonly string[];
}

/** What is kept between the way out and the way back, in the browser's name. */
export interface Asked {
  state: string;
  nonce: string;
  verifier: string;
  /** How fresh what they show there has to be, in seconds; null: as the OpenID provider likes. */
  maxAge: number | null;
}

interface Asking {
  redirectUri: string;
  email: string;
  /** Somebody confirms who they are: they are asked anew. */
  isAgain: boolean;
  groupClaim: string | null;
}

const FRESH_SECONDS = 60;

/** Reads what the OpenID provider publishes of itself. Its name there has to be the one that was typed in. */
export async function openProvider({ signOn, secret, privateHosts }: Registered): Promise<Configuration> {
  const issuer = new URL(signOn.issuer);
  const isPlain = issuer.protocol === 'http:';
  if (isPlain && !privateHosts.includes(issuer.hostname))
    throw new Error(`${issuer.host} is not asked without https.`);
  const fetchGuarded = guardedFetch(new Reach(privateHosts));
  return discovery(issuer, signOn.oidcClient, undefined, ClientSecretBasic(secret), {
    [customFetch]: fetchGuarded,
    // Also a token that comes straight from there has to be signed by its published key.
    execute: [enableNonRepudiationChecks, ...(isPlain ? [allowInsecureRequests] : [])],
  });
}

export async function askThere(
  provider: Configuration,
  { redirectUri, email, isAgain, groupClaim }: Asking,
): Promise<{ address: URL; asked: Asked }> {
  const asked = {
    state: randomState(),
    nonce: randomNonce(),
    verifier: randomPKCECodeVerifier(),
    maxAge: isAgain ? FRESH_SECONDS : null,
  };
  const known = provider.serverMetadata().scopes_supported ?? [];
  const ofGroups = groupClaim !== null && known.includes(groupClaim) ? [groupClaim] : [];
  const address = buildAuthorizationUrl(provider, {
    redirect_uri: redirectUri,
    scope: ['openid', 'profile', 'email', ...ofGroups].join(' '),
    code_challenge: await calculatePKCECodeChallenge(asked.verifier),
    code_challenge_method: 'S256',
    state: asked.state,
    nonce: asked.nonce,
    login_hint: email,
    ...(isAgain && { prompt: 'login', max_age: String(FRESH_SECONDS) }),
  });
  return { address, asked };
}

/** Trades the code in. Throws unless state, nonce, issuer, audience, signature and times are all as asked. */
export async function hearThere(
  provider: Configuration,
  { asked, back, groupClaim }: { asked: Asked; back: URL; groupClaim: string | null },
): Promise<Claims> {
  const tokens = await authorizationCodeGrant(provider, back, {
    expectedState: asked.state,
    expectedNonce: asked.nonce,
    pkceCodeVerifier: asked.verifier,
    idTokenExpected: true,
    ...(asked.maxAge !== null && { maxAge: asked.maxAge }),
  });
  const own = tokens.claims()!;
  const isWhole = 'email' in own && 'email_verified' in own && (groupClaim === null || groupClaim in own);
  const isMoreTold = !isWhole && provider.serverMetadata().userinfo_endpoint !== undefined;
  const more = isMoreTold ? await fetchUserInfo(provider, tokens.access_token, own.sub) : {};
  const all: Record<string, unknown> = { ...more, ...own };
  return {
    subject: own.sub,
    email: all.email,
    emailVerified: all.email_verified,
    name: all.name,
    groups: groupClaim === null ? [] : all[groupClaim],
    methods: own.amr,
  };
}
