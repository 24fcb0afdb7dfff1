import { z } from 'zod';
import { grantRemoval, refuseRemoval, withdrawRemoval } from '#/plans/retention/removal-decisions.ts';
import {
  findRemovalRequest,
  findRemovalRequestForChange,
  listRemovalRequests,
  REMOVAL_KINDS,
  REMOVAL_STATES,
  RemovalRequest,
} from '#/plans/retention/removal-requests.ts';
import { PERIODS } from '#/plans/retention/rules.ts';
import { isSecondPerson, personOf } from '#/plans/work.ts';
import type { Field } from '../field.ts';
import { noun } from '../noun.ts';

const RULES = ['last', 'withinDays', ...PERIODS] as const;

const WANTED: Field[] = [
  { name: 'rule', kind: 'choice', values: RULES, words: 'retention-rule' },
  { name: 'count', kind: 'number' },
];
const GOES: Field[] = [
  { name: 'dataTime', kind: 'moment' },
  { name: 'storedBytes', kind: 'bytes' },
];

export const removalRequest = noun<RemovalRequest, never>({
  name: 'removal-request',
  path: 'removal-requests',
  tab: 'protection',
  titleOf: ({ about }) => about,
  fields: [],
  told: [
    { name: 'kind', kind: 'choice', values: REMOVAL_KINDS, words: 'removal-kind' },
    {
      name: 'state',
      kind: 'choice',
      values: REMOVAL_STATES,
      words: 'removal-state',
      tones: { asked: 'warning', lapsed: 'open', granted: 'declared', refused: 'open', withdrawn: 'open' },
    },
    { name: 'reason', kind: 'text' },
    { name: 'count', kind: 'number' },
    { name: 'askedAt', kind: 'moment' },
    { name: 'askedBy', kind: 'line' },
    { name: 'lapsesAt', kind: 'moment' },
    { name: 'decidedAt', kind: 'moment' },
    { name: 'decidedBy', kind: 'line' },
  ],
  columns: ['kind', 'state', 'count', 'askedBy', 'askedAt', 'lapsesAt'],
  item: RemovalRequest,
  input: null,
  list: listRemovalRequests,
  find: findRemovalRequest,
  findForChange: findRemovalRequestForChange,
  right: 'removal.decide',
  parts: async (_work, { points, retention }) => [
    ...(retention
      ? [
          {
            name: 'removal-request.wanted',
            columns: WANTED,
            rows: RULES.filter((rule) => retention.rules?.[rule]).map((rule) => ({
              href: null,
              values: { rule, count: retention.rules![rule] },
            })),
          },
        ]
      : []),
    {
      name: 'removal-request.points',
      columns: GOES,
      rows: points.map((point) => ({ href: `/recovery-points/${point.id}`, values: point })),
    },
  ],
  notices: async (work, { kind, state, askedByPerson, retention }) => [
    ...(state === 'asked' && !isSecondPerson(work.actor, askedByPerson)
      ? [{ kind: 'plain' as const, reason: { key: 'removal.waits', params: {} } }]
      : []),
    ...(kind === 'shorten-retention' && retention && !retention.needsSecondPerson
      ? [{ kind: 'warning' as const, reason: { key: 'removal.second-person-off', params: {} } }]
      : []),
  ],
  actions: [
    {
      name: 'granting',
      fields: [],
      input: z.object({}),
      right: 'removal.decide',
      isOffered: ({ state, askedByPerson }, work) =>
        state === 'asked' && isSecondPerson(work.actor, askedByPerson),
      run: grantRemoval,
      isFinal: true,
    },
    {
      name: 'refusal',
      fields: [],
      input: z.object({}),
      right: 'removal.decide',
      isOffered: ({ state, askedByPerson }, work) =>
        state === 'asked' && isSecondPerson(work.actor, askedByPerson),
      run: refuseRemoval,
    },
    {
      name: 'withdrawal',
      fields: [],
      input: z.object({}),
      right: 'removal.read',
      isOffered: ({ state, askedByPerson }, work) =>
        state === 'asked' && personOf(work.actor) === askedByPerson,
      run: withdrawRemoval,
    },
  ],
});
