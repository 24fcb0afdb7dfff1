/** The neglected client: what was once well done, and nobody looked at since. */
import type { DemoClient } from '../demo-client.ts';
import { starterScales } from '../starter-scales.ts';
import { DAY, HOUR, weekdays } from '../times.ts';
import { PLANS } from './plans.ts';

const needs = (
  kind: 'activity' | 'asset',
  from: string,
  to: string,
  of: 'data' | 'hard' | 'human' | 'soft',
): DemoClient['inventory']['dependencies'][number] => ({
  from: { kind, id: `@${from}` },
  to: `@${to}`,
  kind: of,
  confidence: 'assumed',
});

export const MAUBREY: DemoClient = {
  key: 'maubrey',
  since: 1000,
  client: {
    name: 'Transports Maubrey',
    sector: 'Transport frigorifique',
    labels: { mtpd: 'Arrêt maximal supportable', rto: 'Délai de remise en route' },
    size: 'small',
    businessHours: weekdays('04:00', '20:00', 6),
    technicians: 1,
    links: 1,
  },
  author: 'hugo',
  approver: 'gerard',
  inventory: {
    on: 985,
    sites: [
      {
        ref: 'dijon',
        name: 'Dépôt de Longvic',
        kind: 'plant',
        address: 'Rue de la Petite-Fin, 21600 Longvic',
      },
    ],
    contacts: [
      {
        ref: 'gerard',
        name: 'Gérard Pernin',
        jobTitle: 'Directeur',
        person: 'gerard',
        points: [{ kind: 'mobile', value: '06 39 98 05 11' }],
      },
      {
        ref: 'lucie',
        name: 'Lucie Fontaine',
        jobTitle: 'Responsable d’exploitation',
        points: [{ kind: 'mail', value: 'lucie.fontaine@maubrey.example' }],
      },
    ],
    suppliers: [
      {
        ref: 'tms-editor',
        name: 'Routéo (éditeur du logiciel de transport)',
        service: 'Assistance du logiciel de transport.',
        recoveryPromiseSeconds: 2 * DAY,
        hours: weekdays('09:00', '17:00'),
      },
    ],
    assets: [
      {
        ref: 'tms',
        name: 'Logiciel de transport',
        kind: 'application',
        site: '@dijon',
        supplier: '@tms-editor',
        endOfSupportOn: '2025-01-31',
        declaredRecoverySeconds: DAY,
      },
      {
        ref: 'tms-data',
        name: 'Données de transport',
        label: 'donnees-transport',
        kind: 'data-set',
        site: '@dijon',
      },
      {
        ref: 'server',
        name: 'Serveur de Longvic',
        kind: 'server',
        site: '@dijon',
        endOfSupportOn: '2023-10-10',
      },
      { ref: 'trucks', name: 'Camions frigorifiques', kind: 'equipment', site: '@dijon' },
      { ref: 'dispatchers', name: 'Exploitants', kind: 'team', holder: '@lucie' },
      { ref: 'depot', name: 'Dépôt et chambres froides', kind: 'premises', site: '@dijon' },
    ],
    dependencies: [
      needs('activity', 'dispatch', 'tms', 'hard'),
      needs('activity', 'dispatch', 'trucks', 'hard'),
      needs('activity', 'dispatch', 'dispatchers', 'human'),
      needs('activity', 'dispatch', 'depot', 'soft'),
      needs('activity', 'cold', 'depot', 'hard'),
      needs('activity', 'cold', 'dispatchers', 'human'),
      needs('asset', 'tms', 'tms-data', 'data'),
      needs('asset', 'tms', 'server', 'hard'),
    ],
    confirmed: null,
  },
  analysis: {
    on: 970,
    categories: starterScales('financial', 'customers', 'legal'),
    activities: [
      {
        ref: 'dispatch',
        name: 'Affrètement et suivi des tournées',
        owner: 'Lucie Fontaine, responsable d’exploitation',
        isPriority: true,
        mtpdSeconds: DAY,
        rtoSeconds: 8 * HOUR,
        rpoSeconds: 4 * HOUR,
        mbco: 'Tournées du lendemain sur tableau.',
        impacts: [
          { category: '@customers', afterSeconds: 4 * HOUR, level: 2 },
          { category: '@customers', afterSeconds: DAY, level: 3 },
        ],
      },
      {
        ref: 'cold',
        name: 'Relevés de température et traçabilité',
        owner: 'Lucie Fontaine, responsable d’exploitation',
        isPriority: true,
        mtpdSeconds: DAY,
        rtoSeconds: 12 * HOUR,
        rpoSeconds: DAY,
        mbco: 'Relevés à la main toutes les deux heures.',
        impacts: [{ category: '@legal', afterSeconds: DAY, level: 3 }],
      },
    ],
    studies: [
      {
        on: 960,
        approved: 955,
        review: 590,
        study: { title: 'Bilan d’impact', perimeter: 'Dépôt de Longvic.' },
      },
    ],
  },
  scenarios: {
    on: 950,
    scenarios: [
      {
        ref: 'ransomware',
        name: 'Rançongiciel',
        family: 'ransomware-admin-stolen',
        state: 'retained',
        effects: [
          { asset: '@server', effect: 'untrusted' },
          { asset: '@tms-data', effect: 'untrusted' },
        ],
      },
    ],
    strategies: [
      {
        name: 'Louer un serveur de secours',
        asset: '@server',
        scenario: '@ransomware',
        options: [{ name: 'Contrat de location', costOnce: 500, costYearly: 2400, rtoSeconds: DAY }],
      },
    ],
  },
  crisisRoles: {
    on: 945,
    roles: [
      { ref: 'lead', name: 'Direction de crise', cell: 'decision', mayApprove: true, holders: ['gerard'] },
      { ref: 'operations-lead', name: 'Exploitation', cell: 'operations', holders: ['lucie'] },
    ],
  },
  plans: PLANS,
  keyHolders: [],
  contactTests: [
    {
      on: 600,
      at: '18:30',
      contact: 'lucie',
      method: 'Message d’essai',
      seconds: null,
      note: 'Aucune réponse.',
    },
  ],
  exercises: [
    {
      ref: 'planned-once',
      added: 800,
      on: 780,
      begins: '10:00',
      ends: '11:30',
      planned: {
        title: 'Panne du serveur (sur table)',
        kind: 'tabletop',
        plans: ['@pra'],
        participants: [
          { name: 'Gérard Pernin', part: 'player', wasPresent: true },
          { name: 'Lucie Fontaine', part: 'player', wasPresent: true },
        ],
        objectives: [
          { objective: 'Savoir qui appeler', rating: 'not-met', note: 'Deux numéros faux sur trois.' },
        ],
        summary: 'Personne n’a su joindre l’éditeur.',
      },
      observations: [{ at: '10:40', note: 'Le plan n’a pas été trouvé.', severity: 'critical' }],
      // Due thirty days later, and never held.
      review: null,
    },
  ],
  incidents: [
    {
      ref: 'cold-room',
      on: 215,
      incident: {
        title: 'Chambre froide arrêtée une nuit, relevés perdus',
        class: 'power',
        severity: 'significant',
        description: 'Disjoncteur tombé à 23 h, découvert à 5 h.',
        activities: ['@cold'],
        assets: ['@depot'],
      },
      times: {
        occurred: [0, '23:05'],
        detected: [1, '05:10'],
        declared: [1, '05:30'],
        contained: [1, '05:45'],
        restored: [1, '08:00'],
      },
      reports: [],
      log: [
        { day: 1, time: '05:35', by: 'samia', kind: 'fact', text: 'Courant rétabli, températures à 9 °C.' },
      ],
      closed: [2, '09:00'],
      review: null,
    },
  ],
  judging: {
    on: 940,
    frameworks: [
      { framework: 'NIS2', reason: 'Demandé par un client de la grande distribution.' },
      { framework: 'ReCyF', level: 'EI', reason: 'Référentiel national, niveau des entités importantes.' },
    ],
    decisions: [],
    declarations: [
      {
        on: 940,
        by: 'hugo',
        code: 'GOV',
        statement: 'Politique de continuité signée par le directeur',
        document: 'Classeur direction',
        until: 575,
      },
    ],
    agreements: [
      {
        title: 'Sauvegarde simple',
        monthlyFee: 90,
        services: ['Sauvegarde quotidienne'],
        coverHours: weekdays('09:00', '18:00'),
        restoreTestDays: 365,
        from: 985,
        until: 255,
      },
    ],
    actions: [
      { on: 770, title: 'Corriger les numéros du plan', owner: 'Gérard Pernin', due: 740 },
      { on: 770, title: 'Essayer une restauration', owner: 'Samia Benali', due: 700 },
      { on: 210, title: 'Poser une alarme de température', owner: 'Lucie Fontaine', due: 150 },
    ],
  },
  changes: [
    // Customers will wait less than they did: the curve says so, and nobody drew the consequence.
    { on: 400, kind: 'impact-category', category: 'customers', firstIntolerable: 2 },
    { on: 320, kind: 'activity', activity: 'cold', change: { mbco: 'Relevés à la main toutes les heures.' } },
    { on: 309, kind: 'left', contact: 'gerard' },
  ],
  protection: {
    stores: [{ ref: 'store', name: 'Disque du dépôt', site: '@dijon' }],
    policies: [{ asset: 'tms-data', store: 'store', source: 'maubrey', intervalSeconds: DAY, tests: 0 }],
  },
};
