import { z } from 'zod';
import {
  changesSince,
  compareStudy,
  findStudy,
  findStudyForChange,
  handInStudy,
  listStudies,
  NewStudy,
  readStudy,
  STUDY_STATES,
  Study,
} from '#/plans/bia-studies.ts';
import { CRITICALITIES } from '#/plans/criticality.ts';
import type { StudyDifference } from '#/plans/study-comparison.ts';
import { StudyContent } from '#/plans/study-content.ts';
import {
  approveStudy,
  StudyApproval,
  StudyReturn,
  sendStudyBack,
  takeStudyBack,
} from '#/plans/study-decisions.ts';
import type { Work } from '#/plans/work.ts';
import type { Field } from '../field.ts';
import { type Notice, noun, type SubList } from '../noun.ts';
import { activity } from './activity.ts';

const YEAR_MS = 365 * 86_400_000;

export const study = noun<Study, NewStudy>({
  name: 'study',
  path: 'studies',
  tab: 'continuity',
  titleOf: ({ title }) => title,
  fields: [
    { name: 'title', kind: 'line' },
    { name: 'perimeter', kind: 'text', optional: true },
    { name: 'method', kind: 'text', optional: true },
    { name: 'nextReviewOn', kind: 'date' },
  ],
  told: [
    { name: 'number', kind: 'number' },
    {
      name: 'state',
      kind: 'choice',
      values: STUDY_STATES,
      words: 'study-state',
      tones: { approved: 'proof', 'in-review': 'moving' },
    },
    { name: 'isOutOfDate', kind: 'tick', tone: 'warning' },
    { name: 'isReviewOverdue', kind: 'tick', tone: 'warning' },
    { name: 'createdBy', kind: 'line' },
    { name: 'createdAt', kind: 'moment' },
    { name: 'decidedBy', kind: 'line' },
    { name: 'decidedAt', kind: 'moment' },
    { name: 'comment', kind: 'text' },
    { name: 'sha256', kind: 'line' },
  ],
  valuesOf: ({ state }) => (state === 'superseded' || state === 'withdrawn' ? NO_LONGER_KEPT : {}),
  columns: ['number', 'state', 'decidedAt', 'nextReviewOn', 'isOutOfDate'],
  item: Study,
  input: NewStudy,
  list: listStudies,
  find: findStudy,
  findForChange: findStudyForChange,
  add: handInStudy,
  right: 'activity.change',
  start: async (work) => ({
    nextReviewOn: new Date(work.now.getTime() + YEAR_MS).toISOString().slice(0, 10),
  }),
  notices: async (_work, one) => noticesOf(one),
  parts: async (work, one) => {
    const content = await readStudy(work, one.id);
    return [
      ...(one.isOutOfDate ? [differencesPart('study.since', await changesSince(work, one))] : []),
      activitiesPart(content),
      await beforePart(work, one),
      scalesPart(content),
    ];
  },
  asTold: async (_work, _one, { content }) => {
    const read = StudyContent.safeParse(JSON.parse(String(content)));
    return { parts: read.success ? [activitiesPart(read.data, false), scalesPart(read.data)] : [] };
  },
  actions: [
    {
      name: 'approval',
      fields: [{ name: 'comment', kind: 'text', optional: true, max: 2000, rows: 2 }],
      input: StudyApproval,
      right: 'activity.approve',
      isOffered: ({ state }) => state === 'in-review',
      run: approveStudy,
      isFinal: false,
    },
    {
      name: 'return',
      fields: [{ name: 'comment', kind: 'text', max: 2000, rows: 2 }],
      input: StudyReturn,
      right: 'activity.approve',
      isOffered: ({ state }) => state === 'in-review',
      run: sendStudyBack,
    },
    {
      name: 'withdrawal',
      fields: [],
      input: z.object({}),
      right: 'activity.change',
      isOffered: ({ state }) => state === 'in-review',
      run: (work, id) => takeStudyBack(work, id),
    },
  ],
});

/** Nobody looks again at what another study replaced, and nothing is compared with it. */
const NO_LONGER_KEPT = { nextReviewOn: null, isOutOfDate: null, isReviewOverdue: null };

const noticesOf = ({ isOutOfDate, isReviewOverdue }: Study): Notice[] => [
  ...(isReviewOverdue
    ? [{ kind: 'warning' as const, reason: { key: 'study.review-overdue', params: {} } }]
    : []),
  ...(isOutOfDate ? [{ kind: 'warning' as const, reason: { key: 'study.out-of-date', params: {} } }] : []),
];

/** `areHere`: what a file told names activities by ids of elsewhere. */
const activitiesPart = ({ activities }: StudyContent, areHere = true): SubList => ({
  name: 'study.activities',
  columns: [
    { name: 'name', kind: 'line' },
    { name: 'owner', kind: 'line' },
    { name: 'criticality', kind: 'choice', values: CRITICALITIES, words: 'criticality' },
    { name: 'mtpdSeconds', kind: 'duration' },
    { name: 'rtoSeconds', kind: 'duration' },
    { name: 'rpoSeconds', kind: 'duration' },
  ],
  rows: activities
    .toSorted((left, right) => left.name.localeCompare(right.name, 'fr'))
    .map((values) => ({ href: areHere ? `/activities/${values.id}` : null, values })),
});

const scalesPart = ({ scales }: StudyContent): SubList => ({
  name: 'study.scales',
  columns: [
    { name: 'name', kind: 'line' },
    { name: 'beyond', kind: 'number' },
    { name: 'levels', kind: 'lines' },
  ],
  rows: scales.map(({ name, levels }) => ({
    href: null,
    values: {
      name,
      beyond: levels.find(({ isTolerable }) => !isTolerable)?.level ?? null,
      levels: levels.map(({ level, meaning }) => `${level} · ${meaning}`),
    },
  })),
});

async function beforePart(work: Work, { id }: Study): Promise<SubList> {
  const { against, differences } = await compareStudy(work, id);
  return differencesPart(against ? 'study.changes' : 'study.first', differences);
}

const WHAT: Field = { name: 'what', kind: 'choice', values: [], words: 'activity' };
const WHOLE: Field = { ...WHAT, words: 'study-change' };

const differencesPart = (name: string, differences: StudyDifference[]): SubList => ({
  name,
  columns: [
    { name: 'activity', kind: 'line' },
    WHAT,
    { name: 'of', kind: 'line' },
    { name: 'afterSeconds', kind: 'duration' },
    { name: 'before', kind: 'line' },
    { name: 'after', kind: 'line' },
  ],
  rows: differences.map(
    ({ activity: { id, name: title }, change, field, of, afterSeconds, before, after }) => {
      const told = field === null ? null : fieldNamed(field);
      return {
        href: change === 'removed' ? null : `/activities/${id}`,
        values: {
          activity: title,
          what: field === null ? change : wordsOf(field),
          of,
          afterSeconds,
          before,
          after,
        },
        as: told
          ? { before: { ...told, name: 'before' }, after: { ...told, name: 'after' } }
          : { what: WHOLE },
      };
    },
  ),
});

/** `impacts.level` has its word under `activity.impacts.field.level`. */
const wordsOf = (field: string) => {
  const [row, column] = field.split('.');
  return column ? `${row}.field.${column}` : `field.${row}`;
};

/** What an activity is said to be a part of comes as its name. */
function fieldNamed(path: string): Field {
  const [name, column] = path.split('.');
  const field = [...activity.fields, ...(activity.told ?? [])].find((one) => one.name === name)!;
  if (field.kind === 'rows') return field.fields.find((one) => one.name === column)!;
  return field.kind === 'reference' ? { name: field.name, kind: 'line' } : field;
}
