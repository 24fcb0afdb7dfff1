/** The demo's first client: a firm that does not exist, as a consultant would have written it down over a year. */
import type { DemoClient } from '../demo-client.ts';
import { DAY, HOUR, weekdays } from '../times.ts';
import { ACTIVITIES } from './activities.ts';
import { ASSETS } from './assets.ts';
import { CONTACTS } from './contacts.ts';
import { CRISIS_ROLES } from './crisis-roles.ts';
import { DEPENDENCIES } from './dependencies.ts';
import { EXERCISES } from './exercises.ts';
import { SCALES } from './impact-scales.ts';
import { INCIDENTS } from './incidents.ts';
import { CONTACT_TESTS, JUDGING } from './judging.ts';
import { PLANS } from './plans.ts';
import { SCENARIOS, STRATEGIES } from './scenarios.ts';
import { SITES } from './sites.ts';
import { SUPPLIERS } from './suppliers.ts';

export const VERNAZET: DemoClient = {
  key: 'vernazet',
  since: 420,
  client: {
    name: 'Vernazet Fluides',
    sector: 'Fabrication et distribution de raccords et flexibles hydrauliques',
    country: 'FR',
    locale: 'fr',
    timeZone: 'Europe/Paris',
    size: 'medium',
    businessHours: weekdays('07:30', '18:00'),
    technicians: 2,
    links: 1,
  },
  author: 'hugo',
  approver: 'philippe',
  inventory: {
    on: 410,
    sites: SITES,
    contacts: CONTACTS,
    suppliers: SUPPLIERS,
    assets: ASSETS,
    dependencies: DEPENDENCIES,
    confirmed: 88,
  },
  analysis: {
    on: 380,
    categories: SCALES,
    activities: ACTIVITIES,
    studies: [
      {
        on: 366,
        approved: 361,
        review: 0,
        study: {
          title: 'Bilan d’impact sur l’activité, première étude',
          perimeter: 'Genas, Saint-Quentin-Fallavier et Valence ; toutes les activités.',
          method:
            'Quatorze entretiens d’une heure, courbes d’impact sur quatre échelles, restitution en comité de direction.',
        },
      },
      {
        on: 130,
        approved: 122,
        review: -240,
        study: {
          title: 'Bilan d’impact sur l’activité, revue annuelle',
          perimeter: 'Genas, Saint-Quentin-Fallavier et Valence ; toutes les activités.',
          method: 'Relecture avec chaque responsable après la panne de stockage et les deux exercices.',
        },
      },
    ],
  },
  scenarios: { on: 358, scenarios: SCENARIOS, strategies: STRATEGIES },
  crisisRoles: { on: 356, roles: CRISIS_ROLES },
  plans: PLANS,
  keyHolders: [
    {
      on: 380,
      contact: 'philippe',
      place: 'Coffre de la banque, enveloppe scellée no 1',
      drills: [{ on: 40, answeredBy: 'philippe' }],
    },
    {
      on: 380,
      contact: 'nathalie',
      place: 'Coffre de Saint-Quentin-Fallavier, enveloppe scellée no 2',
      drills: [{ on: 215, answeredBy: 'samia' }],
    },
  ],
  contactTests: CONTACT_TESTS,
  exercises: EXERCISES,
  incidents: INCIDENTS,
  judging: JUDGING,
  changes: [
    {
      on: 135,
      kind: 'activity',
      activity: 'purchasing',
      change: { rtoSeconds: 36 * HOUR, wrtSeconds: 12 * HOUR },
    },
    {
      on: 12,
      kind: 'activity',
      activity: 'webshop-sales',
      change: {
        description: '70 commandes par jour depuis l’ouverture aux particuliers : l’analyse est à refaire.',
      },
    },
    {
      on: 9,
      kind: 'asset',
      asset: {
        ref: 'edi',
        name: 'Passerelle d’échange avec le donneur d’ordre ferroviaire',
        kind: 'application',
        site: '@genas',
        owner: 'Thomas Béraud, responsable informatique',
        holder: '@thomas',
        description: 'Mise en service il y a peu ; ni sauvegardée, ni au plan de reprise.',
        declaredRecoverySeconds: DAY,
      },
      neededBy: [
        { from: { kind: 'activity', id: '@quotes' }, to: '@edi', kind: 'soft', confidence: 'assumed' },
      ],
    },
  ],
  protection: {
    stores: [
      {
        ref: 'store-sqf',
        name: 'Dépôt de la plateforme',
        isOffsite: true,
        site: '@sqf',
        account: 'Amarante, compte sauvegarde Vernazet',
        needs: ['@vault'],
      },
      {
        ref: 'store-genas',
        name: 'Dépôt de Genas',
        site: '@genas',
        account: 'Vernazet, compte local du dépôt',
        needs: ['@vault'],
      },
    ],
    policies: [
      { asset: 'erp-data', store: 'store-sqf', source: 'erp', intervalSeconds: 12 * HOUR, tests: 1 },
      { asset: 'documents', store: 'store-genas', source: 'folder', intervalSeconds: 12 * HOUR, tests: 1 },
    ],
  },
};
