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
    key: 'liaison-plateforme',
    action: 'Rétablir la liaison avec la plateforme',
    detail:
      'Routeur de la plateforme réinstallé depuis sa configuration scellée ; secrets du tunnel changés.',
    successTest: 'Un terminal radio joint le réseau de Genas.',
    asset: 'site-link',
    times: [20, 40],
    after: ['reseau'],
  }),
  step({
    key: 'renvoi-telephones',
    action: 'Renvoyer la téléphonie vers les mobiles',
    detail: 'Depuis le portail de l’opérateur, sur la liaison 4G ; code client dans l’enveloppe du classeur.',
    successTest: 'Un appel au standard sonne chez un vendeur.',
    asset: 'telephony',
    times: [15, 30],
    after: ['declencher'],
  }),
  step({
    key: 'controleur-domaine',
    action: 'Réinstaller un contrôleur de domaine',
    detail: 'Depuis les médias, jamais depuis une image d’avant l’attaque.',
    successTest: 'La machine démarre et se met à l’heure.',
    asset: 'dc1',
    times: [20, 40],
    after: ['hyperviseur'],
  }),
  step({
    key: 'serveur-erp',
    action: 'Réinstaller le serveur de l’ERP',
    detail: 'Linux depuis les médias, PostgreSQL de la même version que la sauvegarde.',
    successTest: 'La base vide répond.',
    asset: 'erp-vm',
    times: [25, 50],
    after: ['hyperviseur'],
  }),
  step({
    key: 'serveur-fichiers',
    action: 'Réinstaller le serveur de fichiers et publier les documents',
    detail: 'Partages en lecture seule d’abord, droits d’écriture après le contrôle du métier.',
    successTest: 'Un plan s’ouvre depuis l’atelier.',
    asset: 'file-server',
    times: [45, 90],
    after: ['fichiers', 'annuaire'],
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
  'arreter-propagation': [15, 40, 'it-lead'],
  declencher: [20, 60, 'director'],
  'figer-preuves': [120, 480, null],
  'ouvrir-enveloppe': [30, 90, 'director'],
  'poste-sain': [20, 60, null],
  'choisir-lieu': [30, 120, 'it-lead'],
  reseau: [30, 90, null, 'network'],
  hyperviseur: [45, 150, null, 'hypervisor'],
  'joindre-depot': [15, 60, null],
  'copier-depot': [60, 180, null],
  'choisir-points': [20, 60, 'it-lead'],
  annuaire: [30, 120, null, 'directory'],
  'base-rang-1': [45, 120, null, 'erp-data'],
  fichiers: [120, 300, null, 'documents'],
  'application-rang-1': [45, 120, null, 'erp'],
  messagerie: [20, 60, null, 'mail'],
  'premiers-postes': [180, 480, null, 'workstations'],
  'controle-metier': [30, 90, 'coordinator'],
  'sauvegarder-neuf': [60, 180, null],
  'ouvrir-services': [15, 60, 'it-lead'],
};

/** Those that are done after what the starting text names stand where they can be read. */
export const PRA_STEPS: Step[] = [...runbook('drp', PRA_ANSWERS, PRA_TIMES), ...BESIDES].map((one) =>
  one.key === 'annuaire'
    ? { ...one, after: [{ key: 'controleur-domaine' }, { key: 'choisir-points' }] }
    : one.key === 'application-rang-1'
      ? {
          ...one,
          after: [{ key: 'annuaire' }, { key: 'base-rang-1' }, { key: 'serveur-erp' }],
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
  'proteger-personnes': [10, 30, null],
  'arreter-extension': [15, 60, 'it-lead'],
  declencher: [15, 45, 'director'],
  'arbre-appel': [20, 60, 'log-keeper'],
  'ordre-activites': [30, 60, 'director'],
  'canaux-secours': [45, 120, 'it-lead'],
  'listes-secours': [30, 90, 'coordinator'],
  'proteger-paiements': [120, 480, 'finance-lead'],
  'servir-clients': [240, 600, 'sales-lead'],
  'poursuivre-production': [480, 1440, 'production-lead'],
  'prevenir-partenaires': [240, 480, 'sales-lead'],
  'site-repli': [480, 2880, 'logistics-lead'],
  lever: [240, 1440, 'director'],
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
    'arreter-propagation': [15, 60, 'it-lead'],
    qualifier: [10, 30, 'coordinator'],
    'declarer-crise': [5, 35, 'director'],
    'arbre-appel': [20, 45, 'log-keeper'],
    'prevenir-personnel': [15, 30, 'spokesperson'],
    'premiere-reunion': [15, 30, 'director'],
    'appeler-renforts': [30, 90, 'finance-lead'],
    'declencher-plans': [15, 60, 'director'],
    'tenir-delais': [120, 360, 'finance-lead'],
    'organiser-releve': [30, 60, 'coordinator'],
    lever: [120, 240, 'director'],
  },
);

export const COMMUNICATION_STEPS: Step[] = runbook(
  'crisis-communication',
  {},
  {
    'verifier-canaux': [10, 20, 'spokesperson'],
    'prevenir-personnel': [10, 20, 'spokesperson'],
    'porte-parole': [30, 60, 'director'],
    'publics-touches': [30, 60, 'spokesperson'],
    'prevenir-relies': [30, 60, 'it-lead'],
    'appeler-clients': [90, 180, 'sales-lead'],
    'tenir-calendrier': [60, 120, 'spokesperson'],
    clore: [120, 240, 'spokesperson'],
    retex: [240, 480, 'spokesperson'],
  },
);
