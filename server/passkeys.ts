/** The keeper of @simplewebauthn/server: challenges for passkeys, and whether an answer to one is right. */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';

/** Where a passkey counts: bound into it by the browser, so that no other site can ask for it. */
export interface Site {
  origin: string;
  name: string;
}

export interface KnownPasskey {
  id: string;
  publicKey: Uint8Array<ArrayBuffer>;
  counter: number;
}

// It knows every kind of certificate there is, and most processes never see a passkey.
const load = () => import('@simplewebauthn/server');

const hostOf = ({ origin }: Site) => new URL(origin).hostname;

/** Asks the browser for a new passkey, which must check its person itself: a passkey may be the only thing shown. */
export async function askForNewPasskey(
  site: Site,
  person: { id: string; email: string; name: string },
  known: readonly string[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await load();
  return generateRegistrationOptions({
    rpName: site.name,
    rpID: hostOf(site),
    userID: new TextEncoder().encode(person.id),
    userName: person.email,
    userDisplayName: person.name,
    attestationType: 'none',
    excludeCredentials: known.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/** The new passkey, or null when the answer is not one to this challenge. */
export async function readNewPasskey(site: Site, challenge: string, answer: RegistrationResponseJSON) {
  const { verifyRegistrationResponse } = await load();
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: answer,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: hostOf(site),
    requireUserVerification: true,
  }).catch(() => ({ verified: false, registrationInfo: undefined }));
  if (!verified || !registrationInfo) return null;
  const { id, publicKey, counter } = registrationInfo.credential;
  return { id, publicKey, counter, transports: answer.response.transports ?? [] };
}

/** Asks for any passkey of this site. Nobody is named, so it tells nothing of who has one. */
export async function askForPasskey(site: Site): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await load();
  return generateAuthenticationOptions({ rpID: hostOf(site), userVerification: 'required' });
}

/** The counter of the passkey now, or null when the answer is not its answer to this challenge. */
export async function checkPasskey(
  site: Site,
  challenge: string,
  known: KnownPasskey,
  answer: AuthenticationResponseJSON,
): Promise<number | null> {
  const { verifyAuthenticationResponse } = await load();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: answer,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: hostOf(site),
    requireUserVerification: true,
    credential: known,
  }).catch(() => ({ verified: false, authenticationInfo: undefined }));
  return verified && authenticationInfo ? authenticationInfo.newCounter : null;
}
