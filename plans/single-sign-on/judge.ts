/** Whether what an OpenID provider says of somebody lets them in here, and as what. */
import { Email } from '../people.ts';
import type { GroupRole, SignOn } from './settings.ts';

export const SIGN_ON_REFUSALS = [
  'no-email',
  'unverified-email',
  'foreign-domain',
  'no-group',
  'not-invited',
  'other-subject',
  'elsewhere-too',
  'ended',
  'broken',
] as const;
export type SignOnRefusal = (typeof SIGN_ON_REFUSALS)[number];

/** What the OpenID provider says, after its signature, audience, nonce and times were checked. */
export interface Claims {
  subject: string;
  email: unknown;
  emailVerified: unknown;
  name: unknown;
  groups: unknown;
  methods: unknown;
}

export interface Told {
  email: string;
  name: string;
  /** Null: the settings map no groups, so whatever role they have here stays. */
  mapped: Omit<GroupRole, 'group'> | null;
  hadSecondFactor: boolean;
}

/** RFC 8176: what says that more than a password was shown. */
const SECOND_FACTORS = ['mfa', 'otp', 'hwk', 'swk', 'sms', 'fpt', 'face', 'iris', 'sc'];

export function judge(
  claims: Claims,
  { domains, groupClaim, groups }: Pick<SignOn, 'domains' | 'groupClaim' | 'groups'>,
): Told | { refused: SignOnRefusal } {
  const { data: email } = Email.safeParse(claims.email);
  if (!email) return { refused: 'no-email' };
  if (claims.emailVerified !== true) return { refused: 'unverified-email' };
  if (!domains.includes(email.split('@')[1]!)) return { refused: 'foreign-domain' };
  const held = textsIn(claims.groups);
  const mapped = groupClaim === null ? null : groups.find(({ group }) => held.includes(group));
  if (mapped === undefined) return { refused: 'no-group' };
  return {
    email,
    name: typeof claims.name === 'string' && claims.name.trim() ? claims.name.trim().slice(0, 200) : email,
    mapped: mapped && { role: mapped.role, clients: mapped.clients },
    hadSecondFactor: textsIn(claims.methods).some((method) => SECOND_FACTORS.includes(method)),
  };
}

const textsIn = (value: unknown): string[] =>
  [value].flat().filter((one): one is string => typeof one === 'string');
