/** Single sign-on before anybody is known. */
import { canonical, sha256 } from '../canonical.ts';
import { countUnder, type Door } from '../sign-in.ts';

const KEPT_REFUSALS = 30;

/** The provider that speaks for the domain of the address that was shown; null where none does. */
export async function findDomainAtDoor(door: Door, email: string): Promise<string | null> {
  const row = await door
    .selectFrom('sign_on_domains')
    .select('provider_id')
    .where('domain', '=', email.split('@')[1] ?? '')
    .executeTakeFirst();
  return row?.provider_id ?? null;
}

/** So that nobody fills the trail by being refused again and again. */
export async function isRefusalToKeep(door: Door, provider: string, now: Date): Promise<boolean> {
  return (await countUnder(door, sha256(canonical({ refusedSignOns: provider })), now)) <= KEPT_REFUSALS;
}
