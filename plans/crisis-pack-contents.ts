/** What goes into a crisis pack: every plan in force, the cards of crisis roles, who holds keys, and the records behind it. */
import { randomBytes } from 'node:crypto';
import { loadFacts } from './client-facts.ts';
import { findClient } from './clients.ts';
import { listKeyHolders } from './key-holders.ts';
import { listPlans } from './plans.ts';
import { buildSnapshot } from './reports/build-snapshot.ts';
import type { CardsSnapshot } from './reports/cards/snapshot.ts';
import type { ClientShown, Locale } from './reports/head.ts';
import { type NumberedEvidence, numberEvidence } from './reports/numbered-evidence.ts';
import type { PlanSnapshot } from './reports/plan/snapshot.ts';
import type { Work } from './work.ts';

export interface CrisisPackContents {
  format: 'reprise-crisis-pack/1';
  locale: Locale;
  madeAt: string;
  client: ClientShown;
  plans: PlanSnapshot[];
  cards: CardsSnapshot;
  keyHolders: { name: string; fingerprint: string; place: string | null; openedAt: string | null }[];
  evidence: NumberedEvidence[];
}

export async function gatherPack(
  work: Work,
  client: string,
  { locale, versions }: { locale: Locale; versions: { product: string; engine: string } },
): Promise<CrisisPackContents> {
  const shown = (await loadFacts(work, [await findClient(work, client)])).get(client)!;
  const order = (subject: string) => ({
    ...{ client, locale, subject, versions },
    reference: referenceOf(work.now),
  });
  const plans: PlanSnapshot[] = [];
  for (const { inForce } of await listPlans(work, client))
    if (inForce)
      plans.push((await buildSnapshot(work, { kind: 'plan', ...order(inForce.id) })) as PlanSnapshot);
  return {
    format: 'reprise-crisis-pack/1',
    locale,
    madeAt: work.now.toISOString(),
    client: shown.client,
    plans,
    cards: (await buildSnapshot(work, { kind: 'cards', ...order('') })) as CardsSnapshot,
    keyHolders: (await listKeyHolders(work, client))
      .filter(({ endedAt }) => endedAt === null)
      .map(({ name, fingerprint, place, openedAt }) => ({ name, fingerprint, place, openedAt })),
    evidence: numberEvidence(shown.evidence),
  };
}

/** Printed on a document of ours, and never given twice. */
export const referenceOf = (now: Date): string =>
  `RPR-${now.getUTCFullYear()}-${randomBytes(5).toString('hex').toUpperCase()}`;
