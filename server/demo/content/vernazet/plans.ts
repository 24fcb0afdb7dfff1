/** The four plans of the demo's client, with the versions that came before and to whom they were handed out. */
import type { SectionKind } from '#/plans/facts.ts';
import { readStarter } from '#/plans/starter-plans.ts';
import type { DemoHandout, DemoPlan } from '../demo-client.ts';
import { filledSections } from '../fill.ts';
import { EVERY_ACTIVITY } from './activities.ts';
import { ASSERTIONS } from './assertions.ts';
import { RECOVERY_TEAM, WHOLE_CELL } from './call-trees.ts';
import { crisisCommunication } from './crisis-communication.ts';
import { crisisManagement } from './crisis-management.ts';
import { PCA } from './pca.ts';
import { PRA } from './pra.ts';
import { COMMUNICATION_STEPS, CRISIS_STEPS, PCA_STEPS, PRA_STEPS } from './runbooks.ts';

const HOLDERS = [
  ...['philippe', 'nathalie', 'damien', 'aurelie', 'bertrand', 'camille', 'vincent', 'sophie', 'maud'],
  ...['thomas', 'ines', 'elodie', 'fabien', 'julien', 'celine', 'marc', 'sandrine'],
];
/** Those who keep a binder sign for it; the others got the plan by mail and were not heard of since. */
const ON_PAPER = ['philippe', 'nathalie', 'damien', 'thomas', 'ines', 'sophie', 'julien'];

const handouts = (on: number, read: number): DemoHandout[] => [
  { on, contacts: ON_PAPER, channel: 'paper', read },
  { on, contacts: HOLDERS.filter((one) => !ON_PAPER.includes(one)), channel: 'mail' },
];

/** What the plans did not say yet: the order at the end of a month, repairs on site, and what is still missing. */
const PCA_AT_FIRST = without(PCA.sections, 'recovery-order', /^\*\*Si la fin du mois approche.*\n\n/m).map(
  (section) =>
    section.kind === 'scope'
      ? { ...section, body: section.body.replace(/^\| Dépannage .*\n/m, '') }
      : section,
);
const PRA_AT_FIRST = without(PRA.sections, 'resources', /\n\n\*\*Ce qui manque encore.*$/s);

/** Nobody has thought of what to do when maintenance stops; repairs on site do not wait for the systems. */
const COVERED = EVERY_ACTIVITY.filter((activity) => activity !== '@maintenance');

const OWNER = 'Damien Morel, responsable QHSE';

export const PLANS: DemoPlan[] = [
  {
    ref: 'pca',
    plan: {
      kind: 'bcp',
      title: 'Plan de continuité d’activité de Vernazet Fluides',
      owner: OWNER,
      reviewIntervalDays: 365,
      activities: COVERED,
      scenarios: ['@fire', '@flood', '@power-cut', '@staff', '@editor-fails', '@msp', '@ransomware'],
      keptIn: ['@binder', '@documents'],
    },
    versions: [
      {
        drafted: 352,
        approved: 345,
        changeSummary:
          'Première version, établie après le bilan d’impact et les entretiens avec les responsables.',
        sections: () => PCA_AT_FIRST,
        steps: PCA_STEPS,
        callTree: WHOLE_CELL,
        handouts: [],
      },
      {
        drafted: 190,
        approved: 176,
        changeSummary:
          'Suite à la panne de stockage et à l’exercice sur table : ordre des activités en fin de mois, dépannage chez les clients.',
        sections: () => PCA.sections,
        steps: null,
        callTree: null,
        comment: 'Approuvé en comité de direction.',
        handouts: handouts(170, 150),
      },
    ],
  },
  {
    ref: 'pra',
    plan: {
      kind: 'drp',
      title: 'Plan de reprise d’activité du système d’information',
      owner: 'Thomas Béraud, responsable informatique',
      reviewIntervalDays: 180,
      activities: COVERED.filter((activity) => activity !== '@field'),
      scenarios: ['@ransomware', '@host-failure', '@contained-attack', '@fire', '@msp', '@power-cut'],
      keptIn: ['@binder'],
    },
    versions: [
      {
        drafted: 350,
        approved: 345,
        changeSummary: 'Première version, établie avec l’infogérant.',
        sections: () => PRA_AT_FIRST,
        steps: PRA_STEPS,
        callTree: RECOVERY_TEAM,
        handouts: [],
      },
      {
        drafted: 110,
        approved: 104,
        changeSummary: PRA.changeSummary,
        sections: () => PRA.sections,
        steps: null,
        callTree: null,
        comment: 'À éprouver par un exercice complet avant la fin de l’année.',
        handouts: handouts(102, 95),
      },
    ],
    assertions: ASSERTIONS.map(({ asset, ...assertion }) => ({ ...assertion, asset: `@${asset}` })),
  },
  {
    ref: 'crisis-plan',
    plan: {
      kind: 'crisis-management',
      title: 'Plan de gestion de crise',
      owner: OWNER,
      reviewIntervalDays: 365,
      scenarios: ['@ransomware', '@contained-attack', '@fire', '@flood', '@msp', '@host-failure'],
      keptIn: ['@binder'],
    },
    versions: [
      {
        drafted: 184,
        approved: 176,
        changeSummary: 'Première version, d’après le modèle d’Amarante Continuité.',
        sections: (clock) => filledSections(readStarter('crisis-management', 'fr'), crisisManagement(clock)),
        steps: CRISIS_STEPS,
        callTree: WHOLE_CELL,
        handouts: handouts(170, 150),
      },
    ],
  },
  {
    ref: 'communication-plan',
    plan: {
      kind: 'crisis-communication',
      title: 'Plan de communication de crise',
      owner: 'Camille Jacquemet, responsable commerciale',
      reviewIntervalDays: 365,
      scenarios: ['@ransomware', '@contained-attack'],
      keptIn: ['@binder', '@documents'],
    },
    versions: [
      {
        drafted: 182,
        approved: 176,
        changeSummary: 'Première version, relue par l’avocat et par l’assureur.',
        sections: (clock) =>
          filledSections(readStarter('crisis-communication', 'fr'), crisisCommunication(clock)),
        steps: COMMUNICATION_STEPS,
        callTree: WHOLE_CELL,
        handouts: handouts(170, 150),
      },
    ],
  },
];

function without(sections: typeof PCA.sections, kind: SectionKind, passage: RegExp): typeof PCA.sections {
  return sections.map((section) =>
    section.kind === kind ? { ...section, body: section.body.replace(passage, '') } : section,
  );
}
