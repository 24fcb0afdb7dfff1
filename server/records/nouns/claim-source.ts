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
import { CLAIM_STATES } from '#/plans/claims/standing.ts';
import { CLAIM_KINDS, listClaims } from '#/plans/claims/words.ts';
import { noun } from '../noun.ts';

export const claimSource = noun<ClaimSource, NewClaimSource>({
  name: 'claim-source',
  path: 'claim-sources',
  tab: 'protection',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line', max: 100 },
    { name: 'vendor', kind: 'line', max: 100 },
    { name: 'asset', kind: 'reference', to: 'assets' },
    { name: 'everySeconds', kind: 'duration' },
    { name: 'graceSeconds', kind: 'duration' },
    { name: 'longestSeconds', kind: 'duration', optional: true },
  ],
  told: [
    {
      name: 'state',
      kind: 'choice',
      values: CLAIM_STATES,
      words: 'claim-state',
      // What a vendor says has the colour of what is declared, and never that of proof.
      tones: {
        never: 'open',
        running: 'declared',
        'said-ok': 'declared',
        late: 'warning',
        'said-failed': 'danger',
        missing: 'danger',
        'not-ended': 'danger',
      },
    },
    { name: 'lastOkAt', kind: 'moment' },
    { name: 'expectedAt', kind: 'moment' },
    { name: 'missingAt', kind: 'moment' },
    { name: 'addressMadeAt', kind: 'moment' },
  ],
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
  start: async () => ({ everySeconds: 86_400, graceSeconds: 3600, longestSeconds: null }),
  notices: async (_work, { vendor, state }) => [
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
