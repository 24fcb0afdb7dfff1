/** What the demo's client does for a living, and what its directors said they can bear. */
import type { Analysis } from '../demo-client.ts';
import { french } from '../french.ts';
import { DAY, HOUR } from '../times.ts';
import { RESOURCES } from './resources.ts';

type Activity = Analysis['activities'][number];
type Curve = [afterSeconds: number, level: number, why?: string][];

/** From each moment of standstill on, the level in each category. */
const curves = (
  told: Partial<Record<'finances' | 'clients' | 'conformity' | 'people', Curve>>,
): Activity['impacts'] =>
  Object.entries(told).flatMap(([category, curve]) =>
    curve.map(([afterSeconds, level, why]) => ({
      category: `@${category}`,
      afterSeconds,
      level,
      justification: why ? french(why) : null,
    })),
  );

/** What can be borne and what is aimed at, in hours: MTPD, RTO, work after it, loss of data borne and aimed at. */
const objectives = (mtpd: number, rto: number, wrt: number, rpo = 24, target = 12) => ({
  mtpdSeconds: mtpd * HOUR,
  rtoSeconds: rto * HOUR,
  wrtSeconds: wrt * HOUR,
  rpoSeconds: rpo * HOUR,
  rpoTargetSeconds: target * HOUR,
});

const MONTH_END = { name: 'Fin de mois : cessions au factor et clôture', from: '12-27', to: '01-05' };
const SPRING = { name: 'Reprise des travaux publics', from: '03-01', to: '05-31' };
const HARVEST = { name: 'Campagne agricole', from: '06-15', to: '09-15' };

const TOLD: Activity[] = [
  {
    ref: 'orders',
    name: 'Prise de commandes et relation clients',
    owner: 'Élodie Marchand, responsable administration des ventes',
    description:
      'Environ 90 appels et 120 messages par jour. Les dépannages immobilisent une machine chez le client : au-delà d’une journée sans réponse, il se fournit ailleurs.',
    isPriority: true,
    calendar: 'business-hours',
    peakPeriods: [SPRING, HARVEST],
    ...objectives(24, 4, 4),
    mbco: 'Prendre toutes les commandes de dépannage et dire le stock des 300 articles les plus demandés, sur bordereau papier si besoin.',
    mbcoPercent: 60,
    impacts: curves({
      clients: [
        [2 * HOUR, 1],
        [4 * HOUR, 2, 'Les appels de dépannage de la matinée restent sans réponse.'],
        [DAY, 3, 'Constaté en mars 2024 : onze clients partis chez un confrère après une journée de panne.'],
        [3 * DAY, 4],
      ],
      finances: [
        [8 * HOUR, 1],
        [DAY, 2],
        [3 * DAY, 3, 'Marge perdue de 42 000 € par jour.'],
      ],
    }),
  },
  {
    ref: 'shipping',
    name: 'Préparation et expédition des commandes',
    owner: 'Julien Arnaudet, responsable logistique',
    description: 'Environ 150 colis et 12 palettes par jour, deux enlèvements, à 11 h et à 16 h 30.',
    isPriority: true,
    calendar: 'business-hours',
    peakPeriods: [SPRING, HARVEST],
    ...objectives(48, 8, 8),
    mbco: 'Expédier 40 colis par jour, dépannages d’abord, avec bons de livraison manuscrits.',
    mbcoPercent: 27,
    impacts: curves({
      clients: [
        [8 * HOUR, 1],
        [DAY, 2],
        [2 * DAY, 3, 'Pénalités du contrat ferroviaire : 2 % par jour à partir du deuxième.'],
      ],
      finances: [
        [DAY, 1],
        [2 * DAY, 2],
        [5 * DAY, 3],
      ],
    }),
  },
  {
    ref: 'assembly',
    name: 'Fabrication et sertissage des flexibles',
    owner: 'Marc Vuillermoz, directeur de production',
    description: 'Deux équipes, environ 420 flexibles par jour, dont un tiers sur plan du client.',
    isPriority: true,
    calendar: 'business-hours',
    peakPeriods: [SPRING],
    ...objectives(72, 24, 12),
    mbco: 'Fabriquer 120 flexibles standard par jour avec les gammes imprimées ; rien sur plan sans plan à jour.',
    mbcoPercent: 29,
    impacts: curves({
      clients: [
        [DAY, 1],
        [2 * DAY, 2],
        [3 * DAY, 3],
      ],
      finances: [
        [DAY, 1],
        [3 * DAY, 3, '55 000 € de chiffre d’affaires par jour, à moitié rattrapable.'],
        [7 * DAY, 4],
      ],
    }),
  },
  {
    ref: 'testing',
    name: 'Épreuves hydrauliques et contrôle final',
    owner: 'Damien Morel, responsable QHSE',
    description: 'Tout flexible sur plan est éprouvé à 1,5 fois sa pression de service avant de sortir.',
    parent: '@assembly',
    calendar: 'business-hours',
    ...objectives(72, 24, 8),
    mbco: 'Éprouver les flexibles de levage et de freinage ; noter chaque essai au registre papier.',
    mbcoPercent: 30,
    impacts: curves({
      conformity: [
        [DAY, 1],
        [3 * DAY, 3, 'Une pièce sans procès-verbal d’épreuve est une pièce non conforme.'],
      ],
      people: [[3 * DAY, 1]],
    }),
  },
  {
    ref: 'field',
    name: 'Dépannage chez les clients (camions-ateliers)',
    owner: 'Karim Haddad, chef des dépannages',
    description:
      'Huit interventions par jour, sous quatre heures dans le couloir rhodanien ; astreinte le samedi.',
    isPriority: true,
    peakPeriods: [HARVEST],
    ...objectives(24, 4, 2),
    mbco: 'Quatre camions sur six, sur appel direct du chef des dépannages.',
    mbcoPercent: 65,
    impacts: curves({
      clients: [
        [4 * HOUR, 2, 'Le contrat de dépannage promet une arrivée en quatre heures.'],
        [DAY, 3],
      ],
      people: [[DAY, 1, 'Des clients réparent eux-mêmes sous pression.']],
    }),
  },
  {
    ref: 'billing',
    name: 'Facturation et suivi des encours clients',
    owner: 'Nathalie Roche, directrice administrative et financière',
    description:
      'Sans les encours, ni relance ni arbitrage de trésorerie ; les créances sont cédées au factor chaque vendredi.',
    isPriority: true,
    calendar: 'business-hours',
    peakPeriods: [MONTH_END],
    ...objectives(120, 48, 24),
    mbco: 'Connaître l’encours de chaque client et retrouver toute facture émise, par consultation de la base restaurée.',
    mbcoPercent: 40,
    impacts: curves({
      finances: [
        [DAY, 1],
        [3 * DAY, 2],
        [5 * DAY, 3, 'La cession du vendredi apporte 280 000 € de trésorerie.'],
      ],
    }),
  },
  {
    ref: 'treasury',
    name: 'Trésorerie et paiement des fournisseurs',
    owner: 'Bertrand Coste, chef comptable',
    description: 'Deux trains de virements par semaine, signés à deux.',
    calendar: 'business-hours',
    peakPeriods: [MONTH_END],
    ...objectives(48, 24, 8),
    mtpdReason:
      'La courbe dit trois jours ; la direction retient deux jours, car l’échéance de la taxe sur la valeur ajoutée ne se déplace pas.',
    mbco: 'Payer les salaires, les charges sociales et les trois fournisseurs de raccords.',
    mbcoPercent: 20,
    impacts: curves({
      finances: [
        [DAY, 1],
        [3 * DAY, 3],
      ],
      conformity: [[3 * DAY, 2]],
    }),
  },
  {
    ref: 'purchasing',
    name: 'Approvisionnements et réception',
    owner: 'Céline Tissot, cheffe d’équipe logistique',
    description: '45 commandes par semaine ; trois semaines de stock de raccords, dix jours de tuyau.',
    calendar: 'business-hours',
    ...objectives(120, 48, 24),
    mbco: 'Recevoir les commandes en cours et passer les urgences par téléphone.',
    mbcoPercent: 30,
    impacts: curves({
      clients: [
        [2 * DAY, 1],
        [5 * DAY, 3, 'Au-delà, des flexibles vendus ne peuvent plus être montés.'],
      ],
      finances: [[5 * DAY, 2]],
    }),
  },
  {
    ref: 'certificates',
    name: 'Dossiers techniques et certificats matière',
    owner: 'Damien Morel, responsable QHSE',
    description:
      'Exigés par les clients du nucléaire, du ferroviaire et du levage avant toute mise en service.',
    calendar: 'business-hours',
    ...objectives(72, 24, 8),
    mbco: 'Retrouver et transmettre un certificat existant dans la journée.',
    mbcoPercent: 50,
    impacts: curves({
      conformity: [
        [DAY, 2],
        [3 * DAY, 3],
      ],
      clients: [[3 * DAY, 3]],
    }),
  },
  {
    ref: 'quotes',
    name: 'Devis et offres techniques',
    owner: 'Camille Jacquemet, responsable commerciale',
    description: 'Une soixantaine d’offres par semaine.',
    calendar: 'business-hours',
    ...objectives(120, 48, 24),
    mbco: 'Répondre aux consultations dont la date limite tombe dans la semaine.',
    mbcoPercent: 25,
    impacts: curves({
      clients: [
        [DAY, 1],
        [5 * DAY, 3],
      ],
      finances: [[5 * DAY, 2]],
    }),
  },
  {
    ref: 'webshop-sales',
    name: 'Ventes de la boutique en ligne',
    owner: 'Camille Jacquemet, responsable commerciale',
    description: '35 commandes par jour, 9 % du chiffre d’affaires, en croissance.',
    peakPeriods: [HARVEST],
    ...objectives(72, 24, 8),
    mbco: 'Bandeau renvoyant vers le numéro de commande.',
    mbcoPercent: 0,
    impacts: curves({
      clients: [
        [8 * HOUR, 1],
        [DAY, 2],
        [3 * DAY, 3],
      ],
    }),
  },
  {
    ref: 'design',
    name: 'Bureau d’études et plans clients',
    owner: 'Marc Vuillermoz, directeur de production',
    description: 'Trois dessinateurs, 15 plans nouveaux par semaine.',
    calendar: 'business-hours',
    ...objectives(240, 72, 48, 48, 24),
    mbco: 'Modifier un plan existant dans la semaine.',
    mbcoPercent: 20,
    impacts: curves({
      clients: [
        [5 * DAY, 2],
        [10 * DAY, 3],
      ],
    }),
  },
  {
    ref: 'payroll',
    name: 'Paie et déclarations sociales',
    owner: 'Aurélie Combe, responsable des ressources humaines',
    description: 'Virement le 28 du mois ; déclaration sociale nominative le 5 ou le 15.',
    calendar: 'business-hours',
    ...objectives(168, 72, 24, 48, 24),
    mbco: 'Verser à chacun un acompte égal au net du mois précédent.',
    mbcoPercent: 80,
    impacts: curves({
      conformity: [
        [3 * DAY, 2],
        [7 * DAY, 3],
      ],
    }),
  },
  {
    ref: 'maintenance',
    name: 'Maintenance des machines et des utilités',
    owner: 'Sandrine Poncet, cheffe d’atelier',
    description:
      'Plan d’entretien hebdomadaire ; contrôles réglementaires des presses et des appareils à pression.',
    calendar: 'business-hours',
    ...objectives(168, 72, 24, 72, 72),
    mbco: 'Contrôles de sécurité avant chaque prise de poste.',
    mbcoPercent: 30,
    impacts: curves({
      people: [
        [3 * DAY, 1],
        [7 * DAY, 2, 'Une presse sans contrôle de sécurité s’arrête.'],
      ],
    }),
  },
];

export const ACTIVITIES: Activity[] = TOLD.map((activity) => ({
  ...activity,
  description: french(String(activity.description ?? '')),
  mbco: french(String(activity.mbco ?? '')),
  resources: RESOURCES[activity.ref] ?? [],
}));

export const EVERY_ACTIVITY = ACTIVITIES.map(({ ref }) => `@${ref}`);
