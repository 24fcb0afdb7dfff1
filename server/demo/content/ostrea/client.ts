/** The healthy client: small, and everything about it that can be proved in a demo is. */
import type { DemoClient } from '../demo-client.ts';
import { starterScales } from '../starter-scales.ts';
import { DAY, HOUR, weekdays } from '../times.ts';
import { PLANS } from './plans.ts';

const mobile = (figures: string) => [
  { kind: 'mobile' as const, value: `06 39 98 03 ${figures}`, isOutOfBand: true },
];

export const OSTREA: DemoClient = {
  key: 'ostrea',
  since: 300,
  client: {
    name: 'Ostréa Géomètres-Experts',
    sector: 'Cabinet de géomètres-experts',
    size: 'small',
    businessHours: weekdays('08:00', '18:30'),
    technicians: 2,
    links: 1,
  },
  author: 'hugo',
  approver: 'soazig',
  inventory: {
    on: 290,
    sites: [
      {
        ref: 'vannes',
        name: 'Cabinet de Vannes',
        kind: 'office',
        address: '8 quai des Caboteurs, 56000 Vannes',
      },
      { ref: 'bank-safe', name: 'Centre de données de Rennes', kind: 'data-centre', address: '35000 Rennes' },
    ],
    contacts: [
      {
        ref: 'soazig',
        name: 'Soazig Le Goff',
        jobTitle: 'Gérante, géomètre-experte',
        person: 'soazig',
        points: mobile('11'),
      },
      {
        ref: 'yann',
        name: 'Yann Kerloc’h',
        jobTitle: 'Géomètre, référent informatique',
        points: mobile('12'),
      },
      { ref: 'maiwenn', name: 'Maïwenn Hervé', jobTitle: 'Responsable du secrétariat', points: mobile('13') },
      {
        ref: 'samia',
        name: 'Samia Benali',
        employer: 'Amarante Continuité',
        jobTitle: 'Astreinte technique',
        points: [{ kind: 'phone', value: '04 65 71 02 20', isOutOfBand: true }],
      },
    ],
    suppliers: [
      {
        ref: 'provider',
        name: 'Amarante Continuité',
        service: 'Sauvegardes, restaurations d’essai, astreinte.',
        contact: '@samia',
        recoveryPromiseSeconds: 4 * HOUR,
        hours: 'always',
        exitPlan: 'Sauvegardes lisibles sans son logiciel ; clé détenue par la gérante.',
        checked: 60,
      },
    ],
    assets: [
      {
        ref: 'files',
        name: 'Dossiers fonciers',
        label: 'dossiers-fonciers',
        kind: 'data-set',
        site: '@vannes',
        owner: 'Yann Kerloc’h',
        volumeBytes: 95_000_000_000,
      },
      {
        ref: 'books',
        name: 'Comptabilité et devis',
        label: 'comptabilite',
        kind: 'data-set',
        site: '@vannes',
        owner: 'Maïwenn Hervé',
        volumeBytes: 2_000_000_000,
      },
      {
        ref: 'key',
        name: 'Clé de récupération',
        kind: 'key',
        owner: 'Soazig Le Goff',
        holder: '@soazig',
        deputy: '@yann',
        location: 'Coffre de la banque et domicile de la gérante',
      },
      {
        ref: 'team',
        name: 'Équipe des géomètres',
        kind: 'team',
        owner: 'Soazig Le Goff',
        holder: '@yann',
        deputy: '@soazig',
      },
      {
        ref: 'offices',
        name: 'Bureaux du quai des Caboteurs',
        kind: 'premises',
        site: '@vannes',
        isRemoteWorkPossible: true,
      },
      {
        ref: 'laptops',
        name: 'Portables',
        kind: 'endpoint-fleet',
        owner: 'Yann Kerloc’h',
        description: 'Chacun emporte le sien ; deux de réserve.',
        declaredRecoverySeconds: 2 * HOUR,
      },
      {
        ref: 'binder',
        name: 'Classeur du plan, imprimé',
        kind: 'document',
        location: 'Chez les trois titulaires',
      },
    ],
    dependencies: [
      ...(['files-work', 'office-work'] as const).flatMap((activity) => [
        needs('activity', activity, activity === 'files-work' ? 'files' : 'books', 'data'),
        needs('activity', activity, 'team', 'human'),
        needs('activity', activity, 'offices', 'soft'),
        needs('activity', activity, 'laptops', 'soft'),
        needs('activity', activity, 'provider', 'soft'),
      ]),
      needs('asset', 'files', 'key', 'recovery'),
      needs('asset', 'books', 'key', 'recovery'),
      needs('asset', 'team', 'binder', 'soft'),
    ],
    confirmed: 70,
  },
  analysis: {
    on: 280,
    categories: starterScales('financial', 'customers', 'legal'),
    activities: [
      {
        ref: 'files-work',
        name: 'Bornages, plans et dossiers fonciers',
        owner: 'Soazig Le Goff, gérante',
        description: 'Quarante dossiers ouverts ; les notaires attendent les plans à date fixe.',
        isPriority: true,
        calendar: 'business-hours',
        mtpdSeconds: 3 * DAY,
        rtoSeconds: 8 * HOUR,
        wrtSeconds: 4 * HOUR,
        rpoSeconds: DAY,
        rpoTargetSeconds: 12 * HOUR,
        mbco: 'Tenir les bornages de la semaine avec les carnets de terrain.',
        mbcoPercent: 50,
        impacts: [
          { category: '@customers', afterSeconds: DAY, level: 2 },
          { category: '@customers', afterSeconds: 3 * DAY, level: 3 },
          { category: '@legal', afterSeconds: 3 * DAY, level: 2 },
        ],
      },
      {
        ref: 'office-work',
        name: 'Devis, facturation et secrétariat',
        owner: 'Maïwenn Hervé, responsable du secrétariat',
        calendar: 'business-hours',
        mtpdSeconds: 5 * DAY,
        rtoSeconds: DAY,
        wrtSeconds: DAY,
        rpoSeconds: DAY,
        rpoTargetSeconds: 12 * HOUR,
        mbco: 'Répondre au téléphone et prendre les rendez-vous.',
        mbcoPercent: 40,
        impacts: [
          { category: '@financial', afterSeconds: 2 * DAY, level: 1 },
          { category: '@financial', afterSeconds: 5 * DAY, level: 3 },
        ],
      },
    ],
    studies: [
      {
        on: 150,
        approved: 146,
        review: -200,
        study: { title: 'Bilan d’impact du cabinet', perimeter: 'Tout le cabinet.' },
      },
    ],
  },
  scenarios: {
    on: 140,
    scenarios: [
      {
        ref: 'ransomware',
        name: 'Rançongiciel avec droits d’administration volés',
        family: 'ransomware-admin-stolen',
        likelihood: 3,
        state: 'retained',
        effects: [
          { asset: '@files', effect: 'untrusted' },
          { asset: '@books', effect: 'untrusted' },
          { asset: '@laptops', effect: 'untrusted' },
        ],
      },
      {
        ref: 'offices-lost',
        name: 'Bureaux inaccessibles',
        family: 'premises-lost',
        likelihood: 2,
        state: 'retained',
        effects: [{ site: '@vannes', effect: 'lost', durationSeconds: 14 * DAY }],
      },
    ],
    strategies: [
      ...(['@ransomware', '@offices-lost'] as const).map((scenario) => ({
        name: scenario === '@ransomware' ? 'Restaurer depuis le dépôt de Rennes' : 'Travailler de chez soi',
        activity: '@files-work',
        scenario,
        options: [
          { name: 'Retenue', costOnce: 0, costYearly: 1900, rtoSeconds: 4 * HOUR, rpoSeconds: 12 * HOUR },
        ],
        residualRisk: 'Une demi-journée de travail au plus.',
        choice: { option: 1, on: 132, reason: 'Simple, essayé, peu coûteux.' },
        inPlace: 110,
      })),
    ],
  },
  crisisRoles: {
    on: 138,
    roles: [
      {
        ref: 'lead',
        name: 'Direction de crise',
        cell: 'decision',
        mayApprove: true,
        holders: ['soazig', 'yann'],
      },
      { ref: 'it', name: 'Informatique et sauvegardes', cell: 'operations', holders: ['yann', 'maiwenn'] },
      { ref: 'clients-lead', name: 'Clients', cell: 'communication', holders: ['maiwenn', 'soazig'] },
    ],
  },
  plans: PLANS,
  keyHolders: [
    { on: 150, contact: 'soazig', place: 'Coffre du cabinet', drills: [{ on: 38, answeredBy: 'soazig' }] },
    { on: 150, contact: 'yann', place: 'Coffre de la banque', drills: [{ on: 37, answeredBy: 'samia' }] },
  ],
  contactTests: [
    { on: 40, at: '19:05', contact: 'soazig', method: 'Appel surprise', seconds: 20 },
    { on: 40, at: '19:08', contact: 'yann', method: 'Appel surprise', seconds: 35 },
    { on: 40, at: '19:11', contact: 'maiwenn', method: 'Appel surprise', seconds: 55 },
  ],
  exercises: [
    {
      ref: 'drill',
      added: 60,
      on: 40,
      begins: '09:00',
      ends: '12:00',
      planned: {
        title: 'Dossiers perdus : restauration complète',
        kind: 'functional',
        scenario: '@ransomware',
        plans: ['@pca', '@pra'],
        participants: [
          { name: 'Soazig Le Goff', part: 'player', wasPresent: true },
          { name: 'Yann Kerloc’h', part: 'player', wasPresent: true },
          { name: 'Maïwenn Hervé', part: 'player', wasPresent: true },
          { name: 'Hugo Lemaire', part: 'facilitator', wasPresent: true },
        ],
        objectives: [
          { objective: 'Rendre les dossiers', target: '8 h', rating: 'met', note: '2 h 05.' },
          {
            objective: 'Prévenir les notaires',
            target: '4 h',
            rating: 'met',
            note: 'Six appels en 50 minutes.',
          },
        ],
        summary: 'Les dossiers sont revenus en deux heures, contrôlés par trois géomètres.',
      },
      observations: [{ at: '11:20', note: 'Chacun sait quoi contrôler.', severity: 'strength' }],
      run: {
        plan: 'pra',
        decidedBy: 'Soazig Le Goff',
        over: '11:40',
        steps: [
          ['decider', 0, 9],
          ['sortir-cle', 10, 24],
          ['restaurer', 35, 66],
          ['controler', 102, 23],
        ],
      },
      review: {
        held: 36,
        closed: 33,
        by: 'hugo',
        said: {
          participants: 'Tout le cabinet',
          causes: 'Aucun écart avec le plan.',
          whatWorked: 'Clé, restauration, contrôle.',
          whatFailed: 'Rien qui demande une action.',
        },
        lessons: [{ text: 'La fiche de contrôle par géomètre fait gagner du temps.', severity: 'strength' }],
      },
    },
  ],
  incidents: [],
  judging: {
    on: 130,
    frameworks: [{ framework: 'ANSSI-HYG', level: 'standard', reason: 'Demandé par l’assureur.' }],
    decisions: [],
    declarations: [],
    agreements: [
      {
        title: 'Sauvegardes et restaurations d’essai',
        monthlyFee: 320,
        services: ['Sauvegarde toutes les 12 heures', 'Restaurations d’essai mesurées', 'Un exercice par an'],
        responseSeconds: HOUR,
        recoverySeconds: 4 * HOUR,
        restoreTestDays: 31,
        drillDays: 365,
        from: 290,
      },
    ],
    actions: [],
  },
  changes: [],
  protection: {
    stores: [
      {
        ref: 'store',
        name: 'Dépôt de Rennes',
        isOffsite: true,
        site: '@bank-safe',
        account: 'Amarante, compte sauvegarde Ostréa',
      },
    ],
    policies: [
      { asset: 'files', store: 'store', source: 'ostrea', intervalSeconds: 12 * HOUR, tests: 2 },
      // As often as it takes to say that it repeats.
      { asset: 'books', store: 'store', source: 'ostreaBooks', intervalSeconds: 12 * HOUR, tests: 8 },
    ],
  },
};

function needs(
  kind: 'activity' | 'asset',
  from: string,
  to: string,
  of: 'data' | 'human' | 'soft' | 'recovery',
): DemoClient['inventory']['dependencies'][number] {
  return { from: { kind, id: `@${from}` }, to: `@${to}`, kind: of, confidence: 'observed' };
}
