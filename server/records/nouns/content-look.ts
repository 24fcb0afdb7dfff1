import { ENOUGH_HISTORY } from '#/plans/content/judge.ts';
import {
  CONTENT_STATES,
  ContentLook,
  Explanation,
  explainContent,
  findContentLook,
  listContentLooks,
} from '#/plans/content-looks.ts';
import { type Notice, noun, type SubList } from '../noun.ts';

export const contentLook = noun<ContentLook, never>({
  name: 'content-look',
  path: 'content-looks',
  tab: 'tests',
  titleOf: ({ asset }) => asset.name,
  fields: [],
  told: [
    {
      name: 'state',
      kind: 'choice',
      values: CONTENT_STATES,
      words: 'content-state',
      tones: { suspect: 'danger', explained: 'declared', 'nothing-strange': 'open' },
    },
    { name: 'dataTime', kind: 'moment' },
    { name: 'lookedAt', kind: 'moment' },
    { name: 'history', kind: 'number' },
    { name: 'files', kind: 'number' },
    { name: 'bytes', kind: 'bytes' },
    { name: 'oneOf', kind: 'number' },
    { name: 'explanation', kind: 'line', optional: true },
    { name: 'explainedBy', kind: 'line', optional: true },
  ],
  columns: ['state', 'dataTime', 'lookedAt', 'files'],
  valuesOf: ({ recoveryPoint, profile, explained, ...look }) => ({
    ...look,
    dataTime: recoveryPoint.dataTime,
    files: profile.files,
    bytes: profile.bytes,
    oneOf: profile.oneOf,
    explanation: explained?.explanation ?? null,
    explainedBy: explained?.by ?? null,
  }),
  item: ContentLook,
  input: null,
  list: listContentLooks,
  find: findContentLook,
  right: 'protection.change',
  actions: [
    {
      name: 'explanation',
      fields: [{ name: 'explanation', kind: 'line', max: 2000 }],
      input: Explanation,
      right: 'protection.change',
      isOffered: ({ state }) => state === 'suspect',
      run: explainContent,
    },
  ],
  notices: async (_, look) => noticesOf(look),
  parts: async (_, look) => [filesPart(look), endingsPart(look)],
});

function noticesOf({ reasons, state, history }: ContentLook): Notice[] {
  const kind = state === 'suspect' ? 'danger' : 'plain';
  return [
    ...reasons.map(({ key, params }): Notice => ({ kind, reason: { key, params } })),
    ...(history < ENOUGH_HISTORY
      ? [
          {
            kind: 'plain' as const,
            reason: { key: 'content.little-history', params: { history, enough: ENOUGH_HISTORY } },
          },
        ]
      : []),
  ];
}

/** The files that show what is suspect. */
const filesPart = ({ reasons }: ContentLook): SubList => ({
  name: 'content-look.shown-by',
  columns: [{ name: 'path', kind: 'line' }],
  rows: [...new Set(reasons.flatMap(({ files }) => files))].map((path) => ({ href: null, values: { path } })),
});

const endingsPart = ({ profile }: ContentLook): SubList => ({
  name: 'content-look.endings',
  columns: [
    { name: 'ending', kind: 'line' },
    { name: 'files', kind: 'number' },
    { name: 'bytes', kind: 'bytes' },
    { name: 'looked', kind: 'number' },
    { name: 'odd', kind: 'number' },
    { name: 'opaque', kind: 'number' },
    { name: 'bits', kind: 'number' },
  ],
  rows: Object.entries(profile.endings)
    .sort(([, left], [, right]) => right.files - left.files)
    .map(([ending, { files, bytes, looked, odd, opaque, entropy }]) => ({
      href: null,
      values: {
        ending: ending || '–',
        ...{ files, bytes, looked, odd, opaque },
        bits: looked === 0 ? null : Math.round((entropy / looked) * 10) / 10,
      },
    })),
});
