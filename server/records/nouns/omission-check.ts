import {
  addOmissionCheck,
  findOmissionCheck,
  listOmissionChecks,
  NewOmissionCheck,
  OMISSION_STATES,
  OmissionCheck,
} from '#/plans/omission-checks.ts';
import { type Notice, noun, type SubList } from '../noun.ts';

export const omissionCheck = noun<OmissionCheck, NewOmissionCheck>({
  name: 'omission-check',
  path: 'omission-checks',
  tab: 'protection',
  titleOf: ({ assetName }) => assetName,
  fields: [{ name: 'asset', kind: 'reference', to: 'assets' }],
  told: [
    {
      name: 'state',
      kind: 'choice',
      values: OMISSION_STATES,
      words: 'omission-state',
      tones: { omitted: 'danger', failed: 'warning', queued: 'moving', 'none-found': 'open' },
    },
    { name: 'dataTime', kind: 'moment' },
    { name: 'lookedAt', kind: 'moment', optional: true },
    { name: 'listed', kind: 'number', optional: true },
    { name: 'held', kind: 'number', optional: true },
    { name: 'newer', kind: 'number', optional: true },
    { name: 'reserved', kind: 'number', optional: true },
    { name: 'unseen', kind: 'number', optional: true },
    { name: 'askedBy', kind: 'line' },
  ],
  columns: ['state', 'dataTime', 'lookedAt', 'listed'],
  valuesOf: ({ result, ...check }) => ({
    ...check,
    listed: result?.listed ?? null,
    held: result?.held ?? null,
    newer: result?.newer ?? null,
    reserved: result?.reserved ?? null,
    unseen: result?.unseen ?? null,
  }),
  item: OmissionCheck,
  input: NewOmissionCheck,
  list: listOmissionChecks,
  find: findOmissionCheck,
  add: addOmissionCheck,
  right: 'restore-test.request',
  notices: async (_, check) => noticesOf(check),
  parts: async (_, check) => [omittedPart(check), rulesPart(check), besidePart(check)],
});

function noticesOf({ result, finding, assetName: asset }: OmissionCheck): Notice[] {
  if (finding)
    return [{ kind: 'danger', reason: { key: `finding.${finding.code}`, params: finding.params } }];
  if (!result) return [];
  const count = result.omitted.count;
  return [
    ...(count > 0
      ? [{ kind: 'danger' as const, reason: { key: 'omission-check.omitted', params: { asset, count } } }]
      : []),
    ...(result.beside.length > 0
      ? [
          {
            kind: 'warning' as const,
            reason: { key: 'omission-check.found-beside', params: { count: result.beside.length } },
          },
        ]
      : []),
  ];
}

const listOf = (name: string, column: string, values: string[]): SubList => ({
  name,
  columns: [{ name: column, kind: 'line' }],
  rows: values.map((value) => ({ href: null, values: { [column]: value } })),
});

const omittedPart = ({ result }: OmissionCheck): SubList =>
  listOf('omission-check.things', 'path', [...(result?.omitted.first ?? []), ...(result?.unconfirmed ?? [])]);

const besidePart = ({ result }: OmissionCheck): SubList =>
  listOf('omission-check.beside', 'database', result?.beside ?? []);

const rulesPart = ({ result }: OmissionCheck): SubList => ({
  name: 'omission-check.rules',
  columns: [
    { name: 'rule', kind: 'line' },
    { name: 'count', kind: 'number' },
  ],
  rows: Object.entries(result?.ruledOut ?? {}).map(([rule, count]) => ({
    href: null,
    values: { rule, count },
  })),
});
