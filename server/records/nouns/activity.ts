import { z } from 'zod';
import {
  Activity,
  addActivity,
  approveActivity,
  changeActivity,
  findActivity,
  findActivityForChange,
  listActivities,
  NewActivity,
  removeActivity,
} from '#/plans/activities.ts';
import { ACTIVITY_CALENDARS, RESOURCE_KINDS, scalesById } from '#/plans/activity-analysis.ts';
import { findClient } from '#/plans/clients.ts';
import { CRITICALITIES } from '#/plans/criticality.ts';
import { isUnlikeCurve, rated } from '#/plans/impact.ts';
import { listImpactCategories } from '#/plans/impact-categories.ts';
import type { Work } from '#/plans/work.ts';
import { impactPicture } from '../../charts/impact-curve.ts';
import type { ImpactCurveView } from '../../views/impact-curve.ts';
import type { Field } from '../field.ts';
import { type Figure, type Notice, noun, type SubList } from '../noun.ts';
import { needsPart } from './need-parts.ts';

const periodFields: Field[] = [
  { name: 'name', kind: 'line', max: 100 },
  { name: 'from', kind: 'month-day' },
  { name: 'to', kind: 'month-day' },
];

const resourceFields: Field[] = [
  { name: 'afterSeconds', kind: 'duration' },
  { name: 'kind', kind: 'choice', values: RESOURCE_KINDS, words: 'resource-kind' },
  { name: 'name', kind: 'line' },
  { name: 'quantity', kind: 'number' },
];

export const activity = noun<Activity, NewActivity>({
  name: 'activity',
  path: 'activities',
  tab: 'continuity',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line' },
    { name: 'owner', kind: 'line', optional: true },
    { name: 'isPriority', kind: 'tick' },
    { name: 'parent', kind: 'reference', to: 'activities', optional: true },
    { name: 'calendar', kind: 'choice', values: ACTIVITY_CALENDARS, words: 'activity-calendar' },
    { name: 'peakPeriods', kind: 'rows', fields: periodFields },
    {
      name: 'impacts',
      kind: 'rows',
      fields: [
        { name: 'category', kind: 'reference', to: 'categories' },
        { name: 'afterSeconds', kind: 'duration' },
        { name: 'level', kind: 'number' },
        { name: 'amount', kind: 'money', optional: true },
        { name: 'justification', kind: 'text', optional: true, max: 2000, rows: 1 },
      ],
    },
    { name: 'mtpdSeconds', kind: 'duration', optional: true },
    { name: 'mtpdReason', kind: 'text', optional: true, max: 2000, rows: 2 },
    { name: 'rtoSeconds', kind: 'duration', optional: true },
    { name: 'wrtSeconds', kind: 'duration', optional: true },
    { name: 'rpoSeconds', kind: 'duration', optional: true },
    { name: 'rpoTargetSeconds', kind: 'duration', optional: true },
    { name: 'mbco', kind: 'line', optional: true, max: 1000 },
    { name: 'mbcoPercent', kind: 'number', optional: true },
    { name: 'resources', kind: 'rows', fields: resourceFields },
    { name: 'description', kind: 'text', optional: true },
  ],
  told: [
    { name: 'derivedMtpdSeconds', kind: 'duration' },
    { name: 'criticality', kind: 'choice', values: CRITICALITIES, words: 'criticality' },
    { name: 'approvedBy', kind: 'line' },
    { name: 'approvedAt', kind: 'moment' },
  ],
  apart: ['peakPeriods', 'impacts', 'mtpdReason', 'resources'],
  valuesOf: ({ approval }) => ({ approvedBy: approval?.by ?? null, approvedAt: approval?.at ?? null }),
  columns: ['owner', 'criticality', 'mtpdSeconds', 'rtoSeconds', 'rpoSeconds', 'approvedAt'],
  item: Activity,
  input: NewActivity,
  list: listActivities,
  find: findActivity,
  findForChange: findActivityForChange,
  add: addActivity,
  change: changeActivity,
  remove: removeActivity,
  right: 'activity.change',
  start: async () => ({ calendar: 'always' }),
  notices: async (_work, one) => noticesOf(one),
  figures: async (work, one) => [await curveOf(work, one)],
  parts: async (work, one) => [
    ...(one.peakPeriods.length > 0 ? [periodsPart(one)] : []),
    resourcesPart(one),
    await needsPart(work, { ...one, kind: 'activity' }),
    await partsPart(work, one),
  ],
  actions: [
    {
      name: 'approval',
      fields: [],
      input: z.object({}),
      right: 'activity.approve',
      isOffered: ({ approval }) => approval === null,
      run: (work, id) => approveActivity(work, id),
    },
  ],
});

const noticesOf = (one: Activity): Notice[] => [
  ...(isUnlikeCurve(one)
    ? [
        {
          kind: 'warning' as const,
          reason: {
            key: 'activity.unlike-curve',
            params: { mtpdSeconds: one.mtpdSeconds!, derivedMtpdSeconds: one.derivedMtpdSeconds! },
          },
        },
      ]
    : []),
  ...(one.approval
    ? [{ kind: 'plain' as const, reason: { key: 'activity.approval-falls', params: {} } }]
    : []),
];

/** The impacts, in the order of the client's scale. */
async function curveOf(work: Work, one: Activity): Promise<Figure> {
  const { currency } = await findClient(work, one.client);
  const scales = await listImpactCategories(work, one.client);
  const points = rated(one.impacts, scalesById(scales));
  const used = scales.filter(({ id }) => points.some(({ category }) => category === id));
  const data: ImpactCurveView = {
    activity: one.name,
    mtpdSeconds: one.mtpdSeconds,
    derivedMtpdSeconds: one.derivedMtpdSeconds,
    mtpdReason: one.mtpdReason,
    picture: impactPicture(
      used.map(({ id, name, levels }) => ({
        category: name,
        top: Math.max(...levels.map(({ level }) => level)),
        points: points.filter(({ category }) => category === id),
      })),
      one,
    ),
    rows: used.flatMap(({ id, name, levels }) =>
      points
        .filter(({ category }) => category === id)
        .map((point) => ({
          ...point,
          name,
          meaning: levels.find(({ level }) => level === point.level)?.meaning ?? '',
        })),
    ),
    currency,
  };
  return { partial: 'partials/impact-curve', data };
}

const periodsPart = ({ peakPeriods }: Activity): SubList => ({
  name: 'activity.peakPeriods',
  columns: periodFields,
  rows: peakPeriods.map((values) => ({ href: null, values })),
});

const resourcesPart = ({ resources }: Activity): SubList => ({
  name: 'activity.resources',
  columns: resourceFields,
  rows: resources.map((values) => ({ href: null, values })),
});

const partsPart = async (work: Work, { id, client }: Activity): Promise<SubList> => ({
  name: 'activity.parts',
  columns: [
    { name: 'name', kind: 'line' },
    { name: 'criticality', kind: 'choice', values: CRITICALITIES, words: 'criticality' },
  ],
  rows: (await listActivities(work, client))
    .filter(({ parent }) => parent === id)
    .map(({ id: part, name, criticality }) => ({
      href: `/activities/${part}`,
      values: { name, criticality },
    })),
});
