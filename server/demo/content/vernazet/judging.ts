/** What the demo's client is judged by, what was accepted or declared, and what its provider promised. */
import type { DemoContactTest, Judging } from '../demo-client.ts';
import { HOUR } from '../times.ts';

export const JUDGING: Judging = {
  on: 340,
  frameworks: [
    {
      framework: 'NIS2',
      reason: 'Fournisseur de deux entités essentielles, qui demandent les mêmes preuves.',
    },
    {
      framework: 'ISO22301',
      reason: 'Exigée par le donneur d’ordre du ferroviaire ; pas de certification visée.',
    },
    { framework: '2024/2690', reason: 'Sert de liste de contrôle à l’infogérant.' },
    { framework: 'ReCyF', level: 'EI', reason: 'Référentiel national, niveau des entités importantes.' },
  ],
  decisions: [
    {
      on: 203,
      framework: 'ISO22301',
      ref: '9.2',
      decision: 'waived',
      reason:
        'Pas d’audit interne avant que les quatre plans aient vécu un an ; l’auditrice externe observe les exercices',
      until: -160,
    },
    {
      on: 203,
      framework: 'ReCyF',
      ref: '13.3',
      decision: 'waived',
      reason:
        'Dépôt verrouillé à l’étude avec l’infogérant ; en attendant, une copie mensuelle sur disque débranché',
      until: -100,
    },
    {
      on: 203,
      framework: '2024/2690',
      ref: '2.3.1',
      decision: 'not-applicable',
      reason:
        'Vernazet Fluides n’est pas une entité visée par le règlement : la revue indépendante relève de son auditrice',
    },
  ],
  declarations: [
    {
      on: 340,
      by: 'hugo',
      code: 'GOV',
      statement: 'Politique de continuité signée par le directeur général',
      document: 'POL-01, classeur qualité, version 2',
      until: -25,
    },
    {
      on: 172,
      by: 'hugo',
      code: 'TRN',
      statement: 'Titulaires et suppléants formés à leur rôle pendant une demi-journée',
      document: 'Feuilles d’émargement, dossier RH-34',
      until: -190,
    },
    {
      on: 172,
      by: 'hugo',
      code: 'OFF',
      statement: 'Classeur de crise réimprimé et remis contre signature',
      document: 'Bordereau de remise, classeur qualité',
      until: -190,
    },
    {
      on: 96,
      by: 'samia',
      code: 'KEY',
      statement: 'Clé de récupération sortie du coffre, ouverte et rescellée',
      document: 'Procès-verbal d’ouverture, coffre de la plateforme',
      until: -270,
    },
    {
      on: 60,
      by: 'philippe',
      code: 'MGT',
      statement: 'Revue de direction de la continuité tenue en comité',
      document: 'Compte rendu du comité de direction, point 4',
      until: -300,
    },
    {
      on: 400,
      by: 'samia',
      code: 'ACC',
      statement: 'Comptes de sauvegarde séparés de l’annuaire',
      document: 'Fiche d’exploitation EXP-12',
      until: 30,
    },
  ],
  agreements: [
    {
      title: 'Continuité et sauvegardes gérées',
      monthlyFee: 1480,
      services: [
        'Sauvegarde de la base de l’ERP et des documents toutes les 12 heures',
        'Restauration d’essai mesurée de chaque jeu de données',
        'Astreinte et intervention sur site en 3 h',
        'Un exercice par an, animé et suivi d’un compte rendu',
        'Rapport signé chaque trimestre',
      ],
      coverHours: 'always',
      responseSeconds: HOUR,
      recoverySeconds: 4 * HOUR,
      restoreTestDays: 90,
      drillDays: 365,
      reportDays: 92,
      backupSuccessPercent: 98,
      from: 400,
    },
  ],
  actions: [
    { on: 200, title: 'Obtenir une copie des documents hors de Genas', owner: 'Thomas Béraud', due: 35 },
    { on: 30, title: 'Désigner un suppléant au bureau d’études', owner: 'Marc Vuillermoz', due: -45 },
  ],
};

const METHOD = 'Appel surprise de l’arbre, hors des heures ouvrées';

/** Early in the morning of the full exercise: everybody answered but one. */
export const CONTACT_TESTS: DemoContactTest[] = (
  [
    ['thomas', '07:10', 40],
    ['damien', '07:14', 95],
    ['philippe', '07:21', 180],
    ['samia', '07:12', 15],
    ['sophie', '07:33', 60],
    ['nathalie', '07:40', 420],
    ['camille', '07:46', 610, 'Jointe au bureau, où elle passait par hasard.'],
    ['elodie', '07:49', 75],
    ['julien', '07:52', 30],
    ['marc', '07:56', null, 'Mobile éteint ; suppléante jointe ensuite.'],
    ['sandrine', '08:12', 45],
    ['ines', '07:18', 50],
  ] as [string, string, number | null, string?][]
).map(([contact, at, seconds, note]) => ({
  on: 47,
  at,
  contact,
  method: METHOD,
  seconds,
  ...(note && { note }),
}));
