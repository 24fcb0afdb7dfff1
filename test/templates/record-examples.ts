/** Examples of the plain pages of a noun: an activity with its impacts over time. */
import type { Activity } from '#/plans/activities.ts';
import { impactPicture } from '#/server/charts/impact-curve.ts';
import { cellsOf } from '#/server/records/cells.ts';
import { fillForm } from '#/server/records/field.ts';
import { inputsOf } from '#/server/records/inputs.ts';
import { activity as noun } from '#/server/records/nouns/activity.ts';
import type { RecordFormView, RecordListView, RecordView } from '#/server/records/views.ts';
import type { ImpactCurveView } from '#/server/views/impact-curve.ts';
import { form } from '#/server/views.ts';
import { activities, changedMeanwhile, client, hash, part } from './examples.ts';

const [activity, approved] = activities;
const category = '00000000-0000-4000-8000-00000000000a';
const choices = {
  activities: [{ id: approved.id, name: approved.name }],
  categories: [{ id: category, name: 'Clients' }],
};
const ofNoun = { client, noun: noun.name, tab: noun.tab, listHref: `/clients/${client.id}/activities` };
const shown = [...noun.fields, ...(noun.told ?? [])];
const factsOf = (one: Activity) =>
  cellsOf(
    shown.filter(({ name }) => !(noun.apart as string[]).includes(name)),
    { ...one, ...noun.valuesOf?.(one) },
    noun.name,
    choices,
  );

const points = [
  { afterSeconds: 14_400, level: 1, isTolerable: true, amount: null, justification: null },
  {
    afterSeconds: 86_400,
    level: 3,
    isTolerable: false,
    amount: 12_500,
    justification: 'Pénalités\ndu contrat',
  },
].map((point) => ({ ...point, category }));
const curve: ImpactCurveView = {
  activity: activity.name,
  mtpdSeconds: 86_400,
  derivedMtpdSeconds: 86_400,
  mtpdReason: 'Le contrat le permet.',
  picture: impactPicture([{ category: 'Clients', top: 4, points }], {
    mtpdSeconds: 86_400,
    derivedMtpdSeconds: 86_400,
  }),
  rows: points.map((point) => ({ ...point, name: 'Clients', meaning: 'Des clients importants partent' })),
  currency: 'EUR',
};

export const activityShow: RecordView = {
  ...ofNoun,
  title: activity.name,
  isSaved: true,
  notices: [
    {
      kind: 'warning',
      reason: {
        key: 'activity.unlike-curve',
        params: { mtpdSeconds: 172_800, derivedMtpdSeconds: 86_400 },
      },
    },
  ],
  facts: factsOf(activity),
  figures: [{ partial: 'partials/impact-curve', data: curve }],
  version: hash,
  told: [{ href: `/told/${activity.id}`, title: 'Panne de la baie', words: 'incident.one' }],
  editHref: `/activities/${activity.id}/edit`,
  removeHref: `/activities/${activity.id}/removal`,
  actions: [
    {
      name: 'approval',
      href: `/activities/${activity.id}/approval`,
      isFinal: false,
      inputs: [],
      form: form({}, changedMeanwhile),
      isOpen: true,
    },
  ],
  parts: [
    {
      name: 'needs',
      columns: ['needs.field.other'],
      rows: [
        {
          href: `/assets/${activity.id}`,
          cells: cellsOf([{ name: 'other', kind: 'line' }], { other: 'Base ERP' }, 'needs', {}),
        },
      ],
      addHref: null,
    },
  ],
};

export const activityRead: RecordView = {
  ...activityShow,
  title: approved.name,
  isSaved: false,
  notices: [{ kind: 'plain', reason: { key: 'activity.approval-falls', params: {} } }],
  facts: factsOf(approved),
  figures: [
    { partial: 'partials/impact-curve', data: { ...curve, picture: impactPicture([], activity), rows: [] } },
  ],
  editHref: null,
  removeHref: null,
  actions: [],
  parts: [{ ...activityShow.parts[0]!, rows: [] }],
};

const recorded = fillForm(noun.fields, { ...activity }, { zone: client.timeZone, day: 'j', byte: 'o' });
const typed = {
  ...recorded,
  owner: 'Ana Ruiz',
  'impacts.0.category': category,
  'impacts.0.afterSeconds': '4 h',
  'impacts.0.level': '3',
  'impacts.1.category': category,
  'impacts.1.afterSeconds': '1 j',
  'impacts.1.level': '1',
};
const refusal = {
  ...changedMeanwhile,
  status: 422,
  key: 'activity.impact-heals',
  errors: [{ field: 'impacts.1.level', detail: 'Un impact ne guérit pas de lui-même.' }],
};

export const activityEdit: RecordFormView = {
  ...ofNoun,
  title: activity.name,
  action: `/activities/${activity.id}`,
  version: hash,
  inputs: inputsOf(noun.fields, { words: noun.name, typed, choices, errors: refusal.errors }),
  differences: [{ label: 'activity.field.owner', recorded: 'Marc Lefèvre', typed: 'Ana Ruiz' }],
  backHref: `/activities/${activity.id}`,
  form: form(typed, refusal),
};

export const studyIncomplete: RecordFormView = {
  ...activityEdit,
  noun: 'study',
  title: null,
  version: null,
  inputs: [],
  differences: [],
  form: form(
    {},
    {
      ...changedMeanwhile,
      detail: 'Il manque 2 choses.',
      errors: [
        { field: '', detail: 'Paie n’a pas de responsable.' },
        { field: '', detail: 'Paie n’a pas de service minimal.' },
      ],
    },
  ),
};

const columns = noun.columns.map((name) => shown.find((field) => field.name === name)!);
export const activityList: RecordListView = {
  ...ofNoun,
  search: 'commande',
  columns: columns.map(({ name }) => `activity.field.${name}`),
  records: part(
    activities.map((one) => ({
      href: `/activities/${one.id}`,
      title: one.name,
      cells: cellsOf(columns, { ...one, ...noun.valuesOf?.(one) }, noun.name, choices),
    })),
  ),
  told: part([{ href: `/told/${activity.id}`, title: 'Ancienne activité', cells: [] }]),
  addHref: `/clients/${client.id}/activities/new`,
  actions: [],
};
