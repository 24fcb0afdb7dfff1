/** Examples of the pages of scenario drills. */
import type { Drill } from '#/plans/drills/drills.ts';
import type { DrillPlan, PlannedItem } from '#/plans/drills/plan.ts';
import type {
  DrillListView,
  DrillPrepareView,
  DrillView,
  MyStepsView,
  ShownItem,
} from '#/server/views/drills.ts';
import { form, measure } from '#/server/views.ts';
import { at, client, refused } from './examples.ts';

const id = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;
const scenario = { id: id(3), name: 'Rançongiciel avec droits volés' };
const people = [{ id: id(5), name: 'Ana Ruiz' }];

const restore: PlannedItem = {
  key: 'restore:a',
  kind: 'restore',
  name: 'Base ERP',
  asset: { id: id(2), name: 'Base ERP' },
  point: { id: id(6), dataTime: at, store: 'Dépôt de la plateforme' },
  step: null,
  role: null,
  contacts: [],
  resource: 'link',
  seconds: 900,
  isMeasured: true,
  after: ['step:b'],
  startsAt: 600,
  endsAt: 1500,
};
const decide: PlannedItem = {
  ...restore,
  key: 'step:b',
  kind: 'step',
  name: 'Décider l’activation',
  asset: null,
  point: null,
  step: { plan: { id: id(7), name: 'PRA' }, version: id(8), key: 'b' },
  role: 'Direction',
  contacts: people,
  resource: 'none',
  seconds: 600,
  isMeasured: false,
  after: [],
  startsAt: 0,
  endsAt: 600,
};
const rebuild: PlannedItem = {
  ...decide,
  key: 'rebuild:c',
  kind: 'rebuild',
  name: 'Serveur de licences',
  step: null,
  role: null,
  contacts: [],
  seconds: null,
  after: ['restore:a'],
  startsAt: 1500,
  endsAt: 1500,
};
const activity = {
  id: id(4),
  name: 'Facturer',
  rtoSeconds: 14_400,
  rpoSeconds: 86_400,
  hasPath: true,
  reasons: [],
  items: ['restore:a'],
  expectedSeconds: 1500,
  lossSeconds: 7200,
};
const lostActivity = {
  ...activity,
  name: 'Dessiner',
  hasPath: false,
  reasons: [{ key: 'drill.key-held-by-absent', params: { asset: 'Plans', holders: 'Marc Petit' } }],
  items: [],
  expectedSeconds: null,
  lossSeconds: null,
};
const plan: DrillPlan = {
  scenario,
  compromisedAt: at,
  lost: [
    { id: id(2), name: 'Base ERP', kind: 'data-set', isHit: true, isGone: false },
    { id: id(2), name: 'Portail', kind: 'application', isHit: false, isGone: false },
    { id: id(2), name: 'Site de Genas', kind: 'premises', isHit: true, isGone: true },
  ],
  absent: [{ id: id(5), name: 'Marc Petit' }],
  stores: [
    { id: id(6), name: 'Dépôt de Genas', lostBy: 'site' },
    { id: id(6), name: 'Dépôt en ligne', lostBy: 'account' },
    { id: id(6), name: 'Dépôt de la plateforme', lostBy: null },
  ],
  activities: [activity, lostActivity],
  items: [decide, restore, rebuild],
  expectedSeconds: 1500,
  technicians: 2,
  links: 1,
  caveats: [{ key: 'drill.copy-not-locked', params: { asset: 'Base ERP', store: 'Dépôt de la plateforme' } }],
};

const bar = { from: 0, length: 600, scale: 1600 };
const choice = { id: id(5), name: 'Nathalie Roux', isChosen: true };
export const drillPrepared: DrillPrepareView = {
  client,
  scenarios: [{ ...scenario, isChosen: true }],
  chosen: { id: scenario.id, isIntrusion: true },
  contacts: [choice],
  stores: [{ ...choice, name: 'Dépôt en ligne' }],
  activities: [{ ...choice, name: 'Facturer' }],
  dwells: ['', '0', '1', '7', '30'].map((days) => ({ days, isChosen: days === '7' })),
  plan,
  planned: [decide, restore, rebuild].map((item) => ({ ...item, bar, waitsFor: ['Décider l’activation'] })),
  measured: [
    {
      activity,
      expected: measure('declared', 1500, 14_400),
      loss: measure('within', 7200, 86_400),
    },
    {
      activity: lostActivity,
      expected: measure('unmeasured', null, 14_400),
      loss: measure('unmeasured', null, 86_400),
    },
  ],
  kept: [{ field: 'scenario', value: scenario.id }],
  mayStart: true,
  form: refused,
};
export const drillWithoutPath: DrillPrepareView = {
  ...drillPrepared,
  plan: { ...plan, activities: [], absent: [], stores: [], compromisedAt: null, caveats: [] },
  planned: [],
  measured: [],
  form: form(),
};
export const drillUnasked: DrillPrepareView = {
  ...drillWithoutPath,
  scenarios: [],
  chosen: null,
  plan: null,
};

const STATES = [
  'waiting',
  'ready',
  'running',
  'done',
  'talked',
  'failed',
  'inconclusive',
  'skipped',
  'not-reached',
] as const;
const shown = STATES.map((state, index): ShownItem => {
  const isOver = index > 2;
  return {
    ...(index === 3 ? restore : index === 1 ? rebuild : decide),
    key: `item-${state}`,
    state,
    restoreTest: index === 3 ? id(9) : null,
    startedAt: index > 1 ? at : null,
    startedBy: index > 1 ? 'Ana Ruiz' : null,
    endedAt: isOver ? at : null,
    endedBy: isOver ? 'Samia Benali' : null,
    isOwn: isOver ? state === 'done' : null,
    note: state === 'skipped' ? 'Pas de technicien ce jour' : null,
    took: index > 1 ? 600 : null,
    bar: index > 1 ? bar : null,
    waitsFor: state === 'waiting' ? ['Base ERP'] : [],
    isForPeople: index !== 3,
  };
});
const drill: Drill = {
  id: id(1),
  client: client.id,
  scenario,
  mode: 'restore',
  state: 'running',
  askedBy: 'Samia Benali',
  alarmAt: at,
  deadlineAt: at,
  endedAt: null,
  cancelledBy: null,
  reason: null,
  plan,
  items: shown,
  outcome: null,
  events: [],
};
const told = { seq: 1, at, actor: 'Samia Benali', note: null };
export const drillRunning: DrillView = {
  client,
  drill,
  isUnderWay: true,
  elapsedSeconds: 1200,
  counts: { over: 6, all: 9 },
  items: shown,
  results: [],
  events: [{ ...told, event: 'alarm', item: null, afterSeconds: 0 }],
  mine: 2,
  version: '"1"',
  mayConfirm: true,
  mayCancel: true,
  form: refused,
};
const measured = {
  id: id(4),
  name: 'Facturer',
  how: 'measured' as const,
  seconds: 20_000,
  lossSeconds: 7200,
  rtoSeconds: 14_400,
  rpoSeconds: 86_400,
};
const outcome: Drill['outcome'] = {
  verdict: 'failed',
  activities: [measured],
  assets: [],
  deviations: [
    {
      object: { kind: 'activity', id: id(4), name: 'Facturer' },
      reason: {
        key: 'rules.drill-late',
        params: { activity: 'Facturer', scenario: scenario.name, seconds: 20_000, rtoSeconds: 14_400 },
      },
    },
  ],
  notShown: [{ key: 'drill.not-shown.talked', params: { count: 2 } }],
};
export const drillEnded: DrillView = {
  ...drillRunning,
  drill: { ...drill, state: 'failed', endedAt: at, outcome },
  isUnderWay: false,
  results: (['measured', 'talked', 'incomplete', 'failed', 'no-path'] as const).map((how) => ({
    activity: { ...measured, how },
    recovery: how === 'talked' ? measure('declared-late', 20_000, 14_400) : measure('late', 20_000, 14_400),
    loss: measure('within', 7200, 86_400),
  })),
  events: [
    { ...told, event: 'skipped', item: 'Décider l’activation', note: 'Pas de technicien', afterSeconds: 65 },
  ],
  mayConfirm: false,
  mayCancel: false,
  form: form(),
};
export const drillWithoutDeviation: DrillView = {
  ...drillEnded,
  drill: { ...drillEnded.drill, state: 'passed', outcome: { ...outcome, verdict: 'passed', deviations: [] } },
};
export const drillCancelled: DrillView = {
  ...drillEnded,
  drill: { ...drill, state: 'cancelled', endedAt: at, cancelledBy: 'Samia Benali', reason: 'Vraie panne' },
  results: [],
};
export const drillList: DrillListView = {
  client,
  drills: (['running', 'passed', 'failed', 'inconclusive', 'cancelled'] as const).map((state) => ({
    ...drill,
    state,
    mode: state === 'inconclusive' ? 'table-top' : 'restore',
    outcome: state === 'failed' ? outcome : null,
  })),
  mayStart: true,
};
export const noDrills: DrillListView = { client, drills: [], mayStart: false };
export const mySteps: MyStepsView = {
  client,
  drill,
  items: shown.filter(({ isForPeople }) => isForPeople),
  isAll: false,
  mayAll: true,
  mayRun: true,
  refusedKey: 'item-ready',
  form: refused,
};
export const noSteps: MyStepsView = { ...mySteps, items: [], isAll: true };
