import {
  findRepositoryProof,
  listClientProofs,
  PROOF_STATES,
  RepositoryProof,
} from '#/plans/repositories/proofs.ts';
import { REPOSITORY_LEVELS } from '#/plans/repositories/shown.ts';
import type { Field } from '../field.ts';
import { type Notice, noun, type SubList } from '../noun.ts';

export const PROOF_STATE: Field = {
  name: 'state',
  kind: 'choice',
  values: PROOF_STATES,
  words: 'state',
  tones: {
    passed: 'proof',
    failed: 'danger',
    inconclusive: 'warning',
    queued: 'moving',
    running: 'moving',
  },
};

const LEVEL: Field = { name: 'level', kind: 'choice', values: REPOSITORY_LEVELS, words: 'level' };
export const SHOWN_LEVEL: Field = { ...LEVEL, name: 'shown', optional: true };

/** Asked for on the page of its repository, or by its schedule. */
export const repositoryProof = noun<RepositoryProof, never>({
  name: 'repository-proof',
  path: 'repository-proofs',
  tab: 'tests',
  titleOf: ({ repositoryName, name }) => `${repositoryName} · ${name}`,
  fields: [],
  told: [
    { name: 'repository', kind: 'reference', to: 'repositories' },
    PROOF_STATE,
    SHOWN_LEVEL,
    { name: 'askedAt', kind: 'moment' },
    { name: 'finishedAt', kind: 'moment' },
    { name: 'dataTime', kind: 'moment' },
    { name: 'restored', kind: 'duration' },
    { name: 'files', kind: 'number' },
    { name: 'bytes', kind: 'bytes' },
    { name: 'tool', kind: 'line' },
    { name: 'askedBy', kind: 'line' },
  ],
  columns: ['state', 'shown', 'dataTime', 'finishedAt', 'restored'],
  valuesOf: ({ seconds, result, ...proof }) => ({
    ...proof,
    restored: seconds === null ? null : Math.ceil(seconds),
    files: seconds === null ? null : (result?.files ?? null),
    tool: result?.tool ?? null,
  }),
  item: RepositoryProof,
  input: null,
  list: listClientProofs,
  find: findRepositoryProof,
  right: 'restore-test.request',
  notices: async (_, proof) => noticesOf(proof),
  figures: async (_, proof) =>
    ['queued', 'running'].includes(proof.state)
      ? [{ partial: 'partials/proof-progress', data: { id: proof.id, progress: proof.progress } }]
      : [],
  parts: async (_, proof) =>
    proof.result ? [levelsPart(proof), faultsPart(proof), differencesPart(proof), ...brokenParts(proof)] : [],
});

function noticesOf({ finding, result, shown, reached }: RepositoryProof): Notice[] {
  return [
    ...(finding
      ? [{ kind: 'danger' as const, reason: { key: `finding.${finding.code}`, params: finding.params } }]
      : []),
    ...(reached !== null && shown !== reached
      ? [
          {
            kind: 'warning' as const,
            reason: { key: 'repository-proof.unshown', params: { reached, shown: shown ?? '–' } },
          },
        ]
      : []),
    ...(result?.notShown ?? []).map(
      (one): Notice => ({ kind: 'plain', reason: { key: `repository-proof.not-shown.${one}`, params: {} } }),
    ),
  ];
}

const levelsPart = ({ result }: RepositoryProof): SubList => ({
  name: 'repository-proof.levels',
  columns: [LEVEL, { ...PROOF_STATE, name: 'verdict' } as Field],
  rows: (result?.levels ?? []).map((level) => ({ href: null, values: level })),
});

const faultsPart = ({ result }: RepositoryProof): SubList => ({
  name: 'repository-proof.faults',
  columns: [
    { name: 'kind', kind: 'choice', values: FAULTS, words: 'planted-in-repository' },
    LEVEL,
    { name: 'caught', kind: 'tick', tone: 'proof' },
  ],
  rows: (result?.plantedFaults ?? []).map((fault) => ({ href: null, values: fault })),
});

const FAULTS = [
  'byte-changed',
  'pack-missing',
  'file-missing',
  'file-shortened',
  'file-added',
  'content-changed',
  'file-cut',
  'file-byte-changed',
];

const differencesPart = ({ result }: RepositoryProof): SubList => ({
  name: 'repository-proof.differences',
  columns: [
    { name: 'path', kind: 'line' },
    { name: 'what', kind: 'choice', values: DIFFERENCES, words: 'repository-difference' },
  ],
  rows: (result?.differences ?? []).map((one) => ({ href: null, values: one })),
});

const DIFFERENCES = ['missing', 'extra', 'other-kind', 'other-size', 'other-content'];

/** Where files were opened. */
const brokenParts = ({ result }: RepositoryProof): SubList[] =>
  result?.opened
    ? [
        {
          name: 'repository-proof.broken',
          columns: [
            { name: 'path', kind: 'line' },
            { name: 'kind', kind: 'line' },
          ],
          rows: result.opened.broken.slice(0, 100).map((one) => ({ href: null, values: one })),
        },
      ]
    : [];
