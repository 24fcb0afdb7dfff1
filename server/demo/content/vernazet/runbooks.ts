/** The runbooks of the demo's client: those of the starting texts, with its own times, people and assets. */
import type { z } from 'zod';
import type { PlanKind } from '#/plans/facts.ts';
import type { NewStep } from '#/plans/runbooks.ts';
import { readStarter } from '#/plans/starter-plans.ts';
import { type Answers, filledText } from '../fill.ts';
import { french } from '../french.ts';

type Step = z.input<typeof NewStep>;

const POINTS = { 'point de rassemblement': 'parking visiteurs, côté rue des Forgerons' };

/** Minutes in the usual case and nine times of ten, who does it, and what it brings back. */
type Own = [p50: number, p90: number, crisisRole: string | null, asset?: string];

const own = (key: string, told: Record<string, Own>): Partial<Step> => {
  const times = told[key];
  if (!times) return {};
  const [p50, p90, role, asset] = times;
  return {
    p50Seconds: p50 * 60,
    p90Seconds: p90 * 60,
    ...(role && { crisisRole: `@${role}` }),
    ...(asset && { asset: `@${asset}` }),
  };
};

function runbook(kind: PlanKind, answers: Answers, told: Record<string, Own>): Step[] {
  return readStarter(kind, 'fr').steps.map((step) => ({
    ...step,
    detail: filled(step.detail, answers),
    rollback: filled(step.rollback, answers),
    successTest: filled(step.successTest, answers),
    ...own(step.key, told),
  }));
}

const filled = (text: string | null, answers: Answers) =>
  text === null ? null : french(filledText(text, answers));

interface Besides {
  key: string;
  action: string;
  detail: string;
  successTest: string;
  asset: string;
  times: [p50: number, p90: number];
  after: string[];
}

const step = (told: Besides): Step => ({
  key: told.key,
  action: told.action,
  detail: french(told.detail),
  successTest: told.successTest,
  crisisRole: '@it-lead',
  skill: 'Systèmes',
  resource: 'technician',
  p50Seconds: told.times[0] * 60,
  p90Seconds: told.times[1] * 60,
  asset: `@${told.asset}`,
  after: told.after.map((key) => ({ key })),
});

/** Machines that this client has besides what the starting text knows of. */
const BESIDES: Step[] = [
  step({
    key: 'reconnect-platform',
    action: 'Rétablir la liaison avec la plateforme',
    detail:
      'Routeur de la plateforme réinstallé depuis sa configuration scellée ; secrets du tunnel changés.',
    successTest: 'Un terminal radio joint le réseau de Genas.',
    asset: 'site-link',
    times: [20, 40],
    after: ['rebuild-network'],
  }),
  step({
    key: 'forward-phones',
    action: 'Renvoyer la téléphonie vers les mobiles',
    detail: 'Depuis le portail de l’opérateur, sur la liaison 4G ; code client dans l’enveloppe du classeur.',
    successTest: 'Un appel au standard sonne chez un vendeur.',
    asset: 'telephony',
    times: [15, 30],
    after: ['activate'],
  }),
  step({
    key: 'rebuild-controller',
    action: 'Réinstaller un contrôleur de domaine',
    detail: 'Depuis les médias, jamais depuis une image d’avant l’attaque.',
    successTest: 'La machine démarre et se met à l’heure.',
    asset: 'dc1',
    times: [20, 40],
    after: ['rebuild-hypervisor'],
  }),
  step({
    key: 'rebuild-erp-server',
    action: 'Réinstaller le serveur de l’ERP',
    detail: 'Linux depuis les médias, PostgreSQL de la même version que la sauvegarde.',
    successTest: 'La base vide répond.',
    asset: 'erp-vm',
    times: [25, 50],
    after: ['rebuild-hypervisor'],
  }),
  step({
    key: 'rebuild-file-server',
    action: 'Réinstaller le serveur de fichiers et publier les documents',
    detail: 'Partages en lecture seule d’abord, droits d’écriture après le contrôle du métier.',
    successTest: 'Un plan s’ouvre depuis l’atelier.',
    asset: 'file-server',
    times: [45, 90],
    after: ['restore-files', 'rebuild-directory'],
  }),
];

const PRA_ANSWERS: Answers = {
  lieu: ['de la banque', 'de la plateforme'],
  base: 'erp-postgresql',
  point: 'latest',
  'dossier vide': '/srv/reprise/erp',
  éditeur: 'Calvanne Logiciels',
  '20': '20',
};

const PRA_TIMES: Record<string, Own> = {
  contain: [15, 40, 'it-lead'],
  activate: [20, 60, 'director'],
  'hold-evidence': [120, 480, null],
  'open-envelope': [30, 90, 'director'],
  'clean-workstation': [20, 60, null],
  'choose-site': [30, 120, 'it-lead'],
  'rebuild-network': [30, 90, null, 'network'],
  'rebuild-hypervisor': [45, 150, null, 'hypervisor'],
  'reach-backups': [15, 60, null],
  'copy-store': [60, 180, null],
  'choose-points': [20, 60, 'it-lead'],
  'rebuild-directory': [30, 120, null, 'directory'],
  'restore-database': [45, 120, null, 'erp-data'],
  'restore-files': [120, 300, null, 'documents'],
  'bring-up-applications': [45, 120, null, 'erp'],
  'bring-back-mail': [20, 60, null, 'mail'],
  'first-workstations': [180, 480, null, 'workstations'],
  'check-by-business': [30, 90, 'coordinator'],
  'new-backup': [60, 180, null],
  'open-services': [15, 60, 'it-lead'],
};

/** Those that are done after what the starting text names stand where they can be read. */
export const PRA_STEPS: Step[] = [...runbook('drp', PRA_ANSWERS, PRA_TIMES), ...BESIDES].map((one) =>
  one.key === 'rebuild-directory'
    ? { ...one, after: [{ key: 'rebuild-controller' }, { key: 'choose-points' }] }
    : one.key === 'bring-up-applications'
      ? {
          ...one,
          after: [{ key: 'rebuild-directory' }, { key: 'restore-database' }, { key: 'rebuild-erp-server' }],
        }
      : one,
);

const PCA_ANSWERS: Answers = {
  ...POINTS,
  'numéro, identifiant': '04 65 71 03 30, identifiant dans l’enveloppe',
  cabinet: 'le cabinet Expertia',
  confrère: 'Flexirhône',
  nom: 'Flexirhône',
  contrat: 'Locamat LM-2209',
  montant: '500 €',
};

export const PCA_STEPS: Step[] = runbook('bcp', PCA_ANSWERS, {
  'protect-people': [10, 30, null],
  'stop-spreading': [15, 60, 'it-lead'],
  activate: [15, 45, 'director'],
  'call-tree': [20, 60, 'log-keeper'],
  'confirm-order': [30, 60, 'director'],
  'open-fallback-channels': [45, 120, 'it-lead'],
  'hand-out-lists': [30, 90, 'coordinator'],
  'secure-money': [120, 480, 'finance-lead'],
  'serve-customers': [240, 600, 'sales-lead'],
  'keep-producing': [480, 1440, 'production-lead'],
  'tell-partners': [240, 480, 'sales-lead'],
  'open-alternate-site': [480, 2880, 'logistics-lead'],
  'stand-down': [240, 1440, 'director'],
});

export const CRISIS_STEPS: Step[] = runbook(
  'crisis-management',
  {
    ...POINTS,
    'nom, numéro': [
      'Riposte Cyber, 04 65 71 09 00',
      'Maître Delorme, 04 65 71 08 80',
      'Rhône Systèmes, 04 65 71 09 50',
    ],
  },
  {
    contain: [15, 60, 'it-lead'],
    assess: [10, 30, 'coordinator'],
    declare: [5, 35, 'director'],
    'call-tree': [20, 45, 'log-keeper'],
    'tell-staff': [15, 30, 'spokesperson'],
    'first-meeting': [15, 30, 'director'],
    'call-outside-help': [30, 90, 'finance-lead'],
    'activate-plans': [15, 60, 'director'],
    'meet-deadlines': [120, 360, 'finance-lead'],
    'arrange-relief': [30, 60, 'coordinator'],
    'stand-down': [120, 240, 'director'],
  },
);

export const COMMUNICATION_STEPS: Step[] = runbook(
  'crisis-communication',
  {},
  {
    'check-channels': [10, 20, 'spokesperson'],
    'tell-staff': [10, 20, 'spokesperson'],
    'name-spokesperson': [30, 60, 'director'],
    'map-audiences': [30, 60, 'spokesperson'],
    'warn-partners': [30, 60, 'it-lead'],
    'call-clients': [90, 180, 'sales-lead'],
    'keep-rhythm': [60, 120, 'spokesperson'],
    close: [120, 240, 'spokesperson'],
    review: [240, 480, 'spokesperson'],
  },
);
