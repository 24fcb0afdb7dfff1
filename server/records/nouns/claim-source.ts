import { may } from '#/plans/access.ts';
import {
  addClaimSource,
  ClaimSource,
  changeClaimSource,
  findClaimSource,
  findClaimSourceForChange,
  listClaimSources,
  NewClaimSource,
  removeClaimSource,
} from '#/plans/claims/claim-sources.ts';
import { claimsAgainstProof } from '#/plans/claims/contradicted.ts';
import { CLAIM_RHYTHMS, ClaimRhythm } from '#/plans/claims/expected.ts';
import { CLAIM_KINDS, listClaims } from '#/plans/claims/words.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { RESTORE_INTERVAL_DAYS } from '#/plans/readiness/compute-readiness.ts';
import { surveyOf } from '#/plans/readiness/survey.ts';
import type { Work } from '#/plans/work.ts';
import { type Notice, noun } from '../noun.ts';
import { besidesRhythm, scheduleFields } from '../schedule-fields.ts';
import { CLAIMED_STATE } from './claimed-part.ts';

export const claimSource = noun<ClaimSource, NewClaimSource>({
  name: 'claim-source',
  path: 'claim-sources',
  tab: 'protection',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line', max: 100 },
    { name: 'vendor', kind: 'line', max: 100 },
    { name: 'asset', kind: 'reference', to: 'assets' },
    ...scheduleFields(CLAIM_RHYTHMS).filter(({ name }) => name in ClaimRhythm),
    { name: 'graceSeconds', kind: 'duration' },
    { name: 'longestSeconds', kind: 'duration', optional: true },
  ],
  told: [
    CLAIMED_STATE,
    { name: 'lastOkAt', kind: 'moment' },
    { name: 'expectedAt', kind: 'moment' },
    { name: 'missingAt', kind: 'moment' },
    { name: 'addressMadeAt', kind: 'moment' },
  ],
  apart: ({ rhythm }) => besidesRhythm(rhythm),
  columns: ['state', 'vendor', 'asset', 'lastOkAt'],
  item: ClaimSource,
  input: NewClaimSource,
  list: listClaimSources,
  find: findClaimSource,
  findForChange: findClaimSourceForChange,
  add: addClaimSource,
  change: changeClaimSource,
  remove: removeClaimSource,
  right: 'protection.change',
  start: async () => ({
    rhythm: 'daily',
    at: ['22:00'],
    everySeconds: null,
    graceSeconds: 3600,
    longestSeconds: null,
  }),
  notices: async (work, { client, asset, vendor, state }) => [
    ...(await against(work, { client, asset })),
    { kind: 'plain', reason: { key: 'claim-source.only-said', params: { vendor } } },
    ...(state === 'never'
      ? [{ kind: 'warning' as const, reason: { key: 'claim-source.nothing-said', params: {} } }]
      : []),
  ],
  figures: async (work, item) =>
    may(work, 'protection.change') ? [{ partial: 'partials/claim-address', data: { source: item } }] : [],
  parts: async (work, { id }) => [
    {
      name: 'claim-source.claims',
      columns: [
        { name: 'heardAt', kind: 'moment' },
        {
          name: 'kind',
          kind: 'choice',
          values: CLAIM_KINDS,
          words: 'claim-kind',
          tones: { ok: 'declared', start: 'open', fail: 'danger', log: 'open' },
        },
        { name: 'run', kind: 'line' },
        { name: 'isSigned', kind: 'tick' },
        { name: 'job', kind: 'line' },
        { name: 'files', kind: 'number' },
        { name: 'bytes', kind: 'bytes' },
        { name: 'dataTime', kind: 'moment' },
        { name: 'body', kind: 'text' },
      ],
      rows: (await listClaims(work, id)).map((claim) => ({ href: null, values: { ...claim } })),
    },
  ],
});

/** What was tried here and says the opposite of what is claimed of the asset. */
async function against(
  work: Work,
  { client, asset }: Pick<ClaimSource, 'client' | 'asset'>,
): Promise<Notice[]> {
  const facts = (await loadFacts(work, [await findClient(work, client)])).get(client)!;
  const claimed = facts.assets.find(({ id }) => id === asset);
  if (!claimed) return [];
  const reasons = claimsAgainstProof(claimed, surveyOf(facts, RESTORE_INTERVAL_DAYS));
  return reasons.map((reason) => ({ kind: 'danger', reason }));
}
