/** Examples of the page of recovery times. */
import type { RecoveryTimesView, TimedAsset } from '#/server/views/recovery-times.ts';
import { at, client } from './examples.ts';

const id = '00000000-0000-4000-8000-000000000004';
const measured: TimedAsset = {
  asset: id,
  name: 'Base ERP',
  isRestorable: true,
  seconds: 14_240,
  source: 'restore-test',
  samples: 24,
  p90Seconds: 18_000,
  measuredAt: at,
  restoreTest: id,
  href: `/assets/${id}`,
  activities: ['Préparation des commandes', 'Paie'],
  moreActivities: ['Vente', 'Achats'],
};
const untested = { samples: 0, p90Seconds: null, measuredAt: null, restoreTest: null };

export const recoveryTimes: RecoveryTimesView = {
  client,
  assets: [
    { ...measured, ...untested, name: 'Portail client', seconds: null, source: null },
    measured,
    { ...measured, name: 'Annuaire', source: 'step-run', restoreTest: null, samples: 1, p90Seconds: null },
    { ...measured, ...untested, name: 'Décision du comité', isRestorable: false, source: 'declared' },
  ],
  deadlocks: [
    {
      scenario: 'Rançongiciel',
      reasons: [{ key: 'readiness.no-copy-left', params: { asset: 'Base ERP', scenarios: 'Rançongiciel' } }],
    },
  ],
  losses: [
    {
      name: 'Paie',
      href: `/activities/${id}`,
      kept: [
        { dwellDays: 1, state: 'kept', seconds: 100_000, asset: id, assetName: 'Base ERP', reasons: [] },
        { dwellDays: 7, state: 'unknown', seconds: null, asset: null, assetName: null, reasons: [] },
        { dwellDays: 30, state: 'none', seconds: null, asset: null, assetName: null, reasons: [] },
      ],
    },
  ],
  dwellDays: [1, 7, 30],
};
export const noRecoveryTimes: RecoveryTimesView = {
  client,
  assets: [],
  deadlocks: [],
  losses: [],
  dwellDays: [],
};
