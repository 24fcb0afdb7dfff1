/** Examples of the pages on which plans are written. */
import { htmlOf } from '#/server/http/markdown.ts';
import { cellsOf } from '#/server/records/cells.ts';
import type { Field } from '#/server/records/field.ts';
import { inputsOf } from '#/server/records/inputs.ts';
import type { RecordFormView, RecordListView, RecordView } from '#/server/records/views.ts';
import type { CallTreeView } from '#/server/views/call-tree.ts';
import type { ComparisonView } from '#/server/views/comparison.ts';
import type { LiveView, ShownStep } from '#/server/views/live.ts';
import type { NewVersionView, SectionView } from '#/server/views/plans.ts';
import type { ReadStep, RunbookView, StepView } from '#/server/views/runbook.ts';
import { form } from '#/server/views.ts';
import { client, hash, part } from './examples.ts';

const id = '00000000-0000-4000-8000-000000000008';
const href = `/plan-versions/${id}/sections/scope`;

/** As Markdown gives it: many columns, none of which folds. */
const TABLE = htmlOf(
  ['Rôle', 'Titulaire', 'Suppléante', 'Téléphone', 'Courriel de secours', 'Lieu de repli']
    .reduce(
      (rows, cell) => rows.map((row, index) => `${row}${index === 1 ? '---' : cell} |`),
      ['|', '|', '|'],
    )
    .join('\n'),
  'Périmètre',
);

const TONED: Field[] = [
  {
    name: 'stands',
    kind: 'choice',
    values: ['in-force', 'approved', 'superseded', 'withdrawn', 'none', 'draft'],
    words: 'plan-stands',
    tones: {
      'in-force': 'proof',
      approved: 'moving',
      superseded: 'declared',
      withdrawn: 'danger',
      none: 'open',
    },
  },
  { name: 'isReviewOverdue', kind: 'tick', tone: 'warning' },
];

/** A plan in each state, told in each tone and in none. */
export const planList: RecordListView = {
  client,
  noun: 'plan',
  tab: 'plans',
  listHref: `/clients/${client.id}/plans`,
  search: '',
  columns: ['plan.field.stands', 'plan.field.isReviewOverdue'],
  records: part(
    ['in-force', 'approved', 'superseded', 'withdrawn', 'none', 'draft'].map((stands) => ({
      href: `/plans/${id}`,
      title: `PRA ${stands}`,
      cells: cellsOf(TONED, { stands, isReviewOverdue: stands === 'in-force' }, 'plan', {}),
    })),
  ),
  told: { items: [], total: 0, first: 0, last: 0, previous: null, next: null },
  addHref: null,
  actions: [],
};

export const versionShow: RecordView = {
  client,
  noun: 'plan-version',
  tab: 'plans',
  listHref: `/clients/${client.id}/plan-versions`,
  title: 'PRA du système d’information · v3',
  isSaved: false,
  notices: [{ kind: 'plain', reason: { key: 'plan-version.intact', params: {} } }],
  told: [],
  facts: [],
  version: `"${hash}"`,
  editHref: null,
  removeHref: null,
  figures: [
    {
      partial: 'partials/version-links',
      data: { links: [{ href: `/plan-versions/${id}/comparison`, words: 'comparison.link' }] },
    },
    {
      partial: 'partials/plan-text',
      data: {
        missing: [
          { kind: 'return', href },
          { kind: 'security', href: null },
        ],
        sections: [
          {
            kind: 'activation',
            title: 'Déclenchement',
            html: `<p>Le siège et l’entrepôt.</p>${TABLE}`,
            thresholds: [{ sign: 'Plus de caisse', limit: '2 h', decidedBy: null }],
            placeholders: 2,
            href,
          },
          {
            kind: 'comms',
            title: 'Communication',
            html: '<p>Vite.</p>',
            channels: [{ audience: 'Clients', channel: 'Courriel', fallback: 'SMS', by: 'Claire' }],
            placeholders: 0,
            href: null,
          },
        ],
        further: [{ kind: 'degraded', href }],
      },
    },
  ],
  parts: [],
  actions: [],
};

export const comparison: ComparisonView = {
  client,
  plan: { id, title: 'PRA' },
  version: { id, number: 3 },
  against: { id, number: 2 },
  changeSummary: 'Le site de repli.',
  others: [{ id, order: 2, state: 'superseded', isChosen: true }],
  sections: [
    {
      kind: 'scope',
      title: 'Périmètre',
      change: 'changed',
      runs: [
        { kind: 'same', lines: ['# Périmètre'], count: 1 },
        { kind: 'left-out', lines: [], count: 12 },
        { kind: 'removed', lines: ['Le siège.'], count: 1 },
        { kind: 'added', lines: ['Le siège et l’entrepôt.', ''], count: 2 },
      ],
    },
  ],
  steps: [
    {
      key: 'annuaire',
      name: 'Rétablir l’annuaire',
      change: 'changed',
      fields: [
        { label: 'runbook.who', kind: 'text', words: null, before: null, after: 'Pilote informatique' },
        { label: 'runbook.steps.field.p50Seconds', kind: 'duration', words: null, before: 3600, after: 7200 },
        {
          label: 'runbook.steps.field.resource',
          kind: 'choice',
          words: 'step-resource',
          before: 'none',
          after: 'technician',
        },
      ],
    },
  ],
  isReordered: true,
  calls: [{ key: 'ana', name: 'Ana Ruiz', change: 'added', fields: [] }],
  roles: [
    {
      key: 'Directrice',
      name: 'Directrice',
      change: 'changed',
      fields: [
        { label: 'crisis-role.field.mayApprove', kind: 'tick', words: null, before: false, after: true },
      ],
    },
  ],
  isSame: false,
};
export const firstComparison: ComparisonView = {
  ...comparison,
  against: null,
  changeSummary: null,
  others: [],
  sections: [],
  steps: [],
  isReordered: false,
  calls: [],
  roles: [],
  isSame: true,
};
const LIVE_STEP: ShownStep = {
  key: 'annuaire',
  action: 'Rétablir l’annuaire',
  detail: 'Depuis la copie hors ligne.',
  role: 'Pilote informatique',
  skill: null,
  p50Seconds: 3600,
  p90Seconds: null,
  successTest: 'Un poste ouvre une session.',
  rollback: 'Éteindre la copie.',
  after: [],
  state: 'started',
  startedAt: '2026-11-20T09:30:00.000Z',
  startedBy: 'Ana Ruiz',
  endedAt: null,
  endedBy: null,
  seconds: null,
  note: null,
  elapsedSeconds: 7200,
  waitsFor: [],
  isSlow: true,
};
const over = {
  startedAt: null,
  startedBy: null,
  elapsedSeconds: null,
  isSlow: false,
  endedBy: 'Paul Lemaire',
};
export const live: LiveView = {
  client,
  activation: {
    id,
    client: client.id,
    incident: id,
    exercise: null,
    cause: 'Panne du site',
    plan: { id, title: 'PRA' },
    planVersion: id,
    number: 3,
    decidedBy: 'Ana Ruiz',
    startedAt: '2026-11-20T09:00:00.000Z',
    stoodDownAt: null,
    stoodDownBy: null,
    exitCriteria: null,
    steps: [],
  },
  version: `"${hash}"`,
  elapsedSeconds: 9000,
  counts: { done: 2, all: 6 },
  groups: [
    { name: 'started', steps: [LIVE_STEP] },
    {
      name: 'ready',
      steps: [
        { ...LIVE_STEP, ...over, key: 'pret', action: 'Isoler le réseau', state: 'ready', role: null },
        { ...LIVE_STEP, ...over, key: 'rate', state: 'failed', note: 'Le disque a lâché.' },
      ],
    },
    {
      name: 'waiting',
      steps: [{ ...LIVE_STEP, ...over, key: 'attend', state: 'waiting', waitsFor: [LIVE_STEP] }],
    },
    {
      name: 'over',
      steps: [
        { ...LIVE_STEP, ...over, key: 'fait', state: 'done', seconds: 1800 },
        { ...LIVE_STEP, ...over, key: 'omis', state: 'skipped', note: 'Sans objet.' },
      ],
    },
  ],
  mayRun: true,
  mayStandDown: true,
  refusedKey: 'pret',
  form: form({ key: 'pret', note: 'Vite' }, null),
};
export const liveOver: LiveView = {
  ...live,
  activation: {
    ...live.activation,
    incident: null,
    exercise: id,
    stoodDownAt: '2026-11-20T12:00:00.000Z',
    stoodDownBy: 'Ana Ruiz',
  },
  groups: [],
  mayRun: false,
  mayStandDown: false,
  refusedKey: null,
};
const CALL: CallTreeView['calls'][number] = {
  key: 'directrice',
  title: 'Directrice de crise',
  order: 1,
  depth: 0,
  isStandIn: false,
  isRole: true,
  caller: null,
  instead: { key: 'adjoint', name: 'L’adjoint' },
  timeoutSeconds: 300,
  remark: 'Ne pas laisser de message.',
  reached: { bestSeconds: 120, worstSeconds: 720 },
  people: [
    {
      id,
      who: 'Ana Ruiz',
      rank: 0,
      isGone: false,
      points: [
        { kind: 'mobile', value: '+33 6 12 34 56 78', isOutOfBand: true, href: 'tel:+33612345678' },
        { kind: 'radio', value: 'Canal 4', isOutOfBand: true, href: null },
      ],
    },
    { id, who: 'Marc Lefèvre', rank: 1, isGone: true, points: [] },
  ],
  hasDeputies: true,
};
export const callTreeShow: RecordView = {
  ...versionShow,
  noun: 'call-tree',
  notices: [],
  figures: [
    {
      partial: 'partials/call-tree',
      data: {
        callSeconds: 120,
        versionHref: `/plan-versions/${id}`,
        calls: [
          CALL,
          {
            ...CALL,
            key: 'production',
            title: 'Chef de production',
            order: 2,
            depth: 1,
            caller: { key: 'directrice', name: 'Directrice de crise' },
            instead: null,
            people: [],
            hasDeputies: false,
          },
          {
            ...CALL,
            key: 'adjoint',
            title: 'L’adjoint',
            order: 3,
            isStandIn: true,
            isRole: false,
            instead: null,
            remark: null,
            reached: null,
            people: [],
            hasDeputies: false,
          },
        ],
      } satisfies CallTreeView,
    },
  ],
};
const FIRST_STEP: ReadStep = {
  number: 1,
  key: 'contenir',
  action: 'Isoler le réseau',
  detail: null,
  crisisRole: null,
  role: null,
  who: null,
  people: [],
  skill: null,
  resource: 'technician',
  p50Seconds: null,
  p90Seconds: null,
  beginsAfterSeconds: 0,
  isBinding: false,
  successTest: null,
  rollback: null,
  asset: null,
  restores: null,
  link: null,
  after: [],
  waits: [{ key: 'annuaire', lagSeconds: 0, number: 2, action: 'Rétablir l’annuaire', isBelow: true }],
  editHref: null,
};
const SECOND_STEP: ReadStep = {
  ...FIRST_STEP,
  number: 2,
  key: 'annuaire',
  action: 'Rétablir l’annuaire',
  detail: 'Depuis la copie hors ligne.\nPuis l’heure.',
  who: 'Pilote informatique',
  people: ['Ana Ruiz', 'Marc Lefèvre'],
  skill: 'Active Directory',
  p50Seconds: 7200,
  p90Seconds: 14_400,
  beginsAfterSeconds: 5400,
  isBinding: true,
  successTest: 'Un poste ouvre une session.',
  rollback: 'Éteindre.',
  restores: { id, name: 'Annuaire' },
  link: 'https://wiki.example/ad',
  waits: [{ key: 'contenir', lagSeconds: 1800, number: 1, action: 'Isoler le réseau', isBelow: false }],
  editHref: `/runbooks/${id}/steps/annuaire`,
};
export const runbookShow: RecordView = {
  ...versionShow,
  noun: 'runbook',
  notices: [],
  figures: [
    {
      partial: 'partials/runbook-steps',
      data: {
        steps: [FIRST_STEP, SECOND_STEP],
        chain: [FIRST_STEP, SECOND_STEP],
        skills: [{ skill: 'Active Directory', count: 1 }],
        addHref: `/runbooks/${id}/new-step`,
        versionHref: `/plan-versions/${id}`,
      } satisfies RunbookView,
    },
  ],
};
export const runbookEmpty: RecordView = {
  ...runbookShow,
  figures: [
    {
      partial: 'partials/runbook-steps',
      data: {
        steps: [],
        chain: [],
        skills: [],
        addHref: null,
        versionHref: `/plan-versions/${id}`,
      } satisfies RunbookView,
    },
  ],
};
const STEPS: Field = {
  name: 'steps',
  kind: 'rows',
  fields: ['key', 'action', 'detail', 'role', 'skill', 'after', 'rollback'].map((name) =>
    name === 'detail' ? { name, kind: 'text', rows: 2 } : { name, kind: 'line', optional: true },
  ),
};
export const runbookEdit: RecordFormView = {
  client,
  noun: 'runbook',
  tab: 'plans',
  listHref: `/clients/${client.id}/runbooks`,
  title: 'PRA · v3',
  action: `/runbooks/${id}`,
  version: `"${hash}"`,
  inputs: inputsOf([STEPS], {
    words: 'runbook',
    typed: { 'steps.0.action': 'Rétablir l’annuaire' },
    choices: {},
    errors: [{ field: 'steps.0.after', detail: 'Écrivez les repères.' }],
  }),
  differences: [],
  backHref: `/runbooks/${id}`,
  form: form(),
};

export const stepEdit: StepView = {
  client,
  runbook: { id, title: 'PRA · v3' },
  isOpen: true,
  stepTitle: 'Rétablir l’annuaire',
  action: `/runbooks/${id}/steps/annuaire`,
  version: `"${hash}"`,
  inputs: inputsOf([{ name: 'action', kind: 'line' }], {
    words: 'runbook.steps',
    typed: { action: 'Rétablir l’annuaire' },
    choices: {},
    errors: [{ field: 'action', detail: 'Remplissez ce champ.' }],
  }),
  differences: [
    { label: 'runbook.steps.field.action', recorded: 'Rétablir AD', typed: 'Rétablir l’annuaire' },
  ],
  others: [{ key: 'contenir', action: 'Isoler le réseau' }],
  moving: {
    href: `/runbooks/${id}/steps/annuaire/move`,
    inputs: inputsOf(
      [
        {
          name: 'before',
          kind: 'among',
          among: [{ id: 'contenir', name: '1. Isoler le réseau' }],
          optional: true,
        },
      ],
      { words: 'runbook.steps', typed: {}, choices: {}, errors: [] },
    ),
  },
  removeHref: `/runbooks/${id}/steps/annuaire/removal`,
  form: form(),
};
export const stepNew: StepView = {
  ...stepEdit,
  stepTitle: null,
  version: null,
  differences: [],
  others: [],
  moving: null,
  removeHref: null,
};

const THRESHOLDS: Field = {
  name: 'thresholds',
  kind: 'rows',
  fields: [
    { name: 'sign', kind: 'line' },
    { name: 'limit', kind: 'line' },
    { name: 'decidedBy', kind: 'line', optional: true },
  ],
};

export const sectionInConflict: SectionView = {
  client,
  version: { id, title: 'PRA', number: 3, isOpen: true },
  kind: 'activation',
  inputs: inputsOf([{ name: 'title', kind: 'line' }, { name: 'body', kind: 'text', rows: 24 }, THRESHOLDS], {
    words: 'plan-section',
    typed: { title: 'Déclenchement', body: 'Mon texte.', 'thresholds.0.sign': 'Plus de caisse' },
    choices: {},
    errors: [],
  }),
  edition: '4',
  current: { body: 'Leur texte.', html: '<p>Leur texte.</p>' },
  preview: '<p>Mon texte.</p>',
  form: form(),
};
export const sectionFrozen: SectionView = {
  ...sectionInConflict,
  version: { ...sectionInConflict.version, isOpen: false },
  current: null,
  preview: null,
};

export const newVersion: NewVersionView = {
  client,
  plan: { id, title: 'PRA' },
  inputs: inputsOf(
    [
      { name: 'start', kind: 'choice', values: ['last', 'starter', 'blank'], words: 'plan-start' },
      { name: 'changeSummary', kind: 'text', rows: 3 },
      { name: 'effectiveOn', kind: 'date', optional: true },
    ],
    { words: 'plan-version', typed: {}, choices: {}, errors: [] },
  ),
  form: form(),
};
