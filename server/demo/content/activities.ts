/** What the demo's client does for a living, and what its directors said they can bear. */
import type { z } from 'zod';
import type { NewActivity } from '#/plans/activities.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

export const ACTIVITIES = [
  {
    ref: 'orders',
    name: 'Prise de commandes et relation clients',
    owner: 'Élodie Marchand, responsable administration des ventes',
    description:
      'Environ 90 appels et 120 messages par jour. Les dépannages immobilisent une machine chez le client : au-delà d’une journée sans réponse, il se fournit ailleurs.',
    isPriority: true,
    mtpdSeconds: DAY,
    rtoSeconds: 4 * HOUR,
    rpoSeconds: DAY,
    mbco: 'Prendre toutes les commandes de dépannage et dire le stock des 300 articles les plus demandés, sur bordereau papier si besoin.',
  },
  {
    ref: 'shipping',
    name: 'Préparation et expédition des commandes',
    owner: 'Julien Arnaudet, responsable logistique',
    description: 'Environ 150 colis et 12 palettes par jour, deux enlèvements, à 11 h et à 16 h 30.',
    isPriority: true,
    mtpdSeconds: 2 * DAY,
    rtoSeconds: 8 * HOUR,
    rpoSeconds: DAY,
    mbco: 'Expédier 40 colis par jour, dépannages d’abord, avec bons de livraison manuscrits.',
  },
  {
    ref: 'assembly',
    name: 'Fabrication et sertissage des flexibles',
    owner: 'Marc Vuillermoz, directeur de production',
    description: 'Deux équipes, environ 420 flexibles par jour, dont un tiers sur plan du client.',
    isPriority: true,
    mtpdSeconds: 3 * DAY,
    rtoSeconds: DAY,
    rpoSeconds: DAY,
    mbco: 'Fabriquer 120 flexibles standard par jour avec les gammes imprimées ; rien sur plan sans plan à jour.',
  },
  {
    ref: 'billing',
    name: 'Facturation et suivi des encours clients',
    owner: 'Nathalie Roche, directrice administrative et financière',
    description:
      'Sans les encours, ni relance ni arbitrage de trésorerie ; les créances sont cédées au factor chaque vendredi.',
    isPriority: true,
    mtpdSeconds: 5 * DAY,
    rtoSeconds: 2 * DAY,
    rpoSeconds: DAY,
    mbco: 'Connaître l’encours de chaque client et retrouver toute facture émise, par consultation de la base restaurée.',
  },
  {
    ref: 'certificates',
    name: 'Dossiers techniques et certificats matière',
    owner: 'Damien Morel, responsable QHSE',
    description:
      'Exigés par les clients du nucléaire, du ferroviaire et du levage avant toute mise en service.',
    isPriority: false,
    mtpdSeconds: 3 * DAY,
    rtoSeconds: DAY,
    rpoSeconds: DAY,
    mbco: 'Retrouver et transmettre un certificat existant dans la journée.',
  },
  {
    ref: 'quotes',
    name: 'Devis et offres techniques',
    owner: 'Camille Jacquemet, responsable commerciale',
    description: 'Une soixantaine d’offres par semaine.',
    isPriority: false,
    mtpdSeconds: 5 * DAY,
    rtoSeconds: 2 * DAY,
    rpoSeconds: DAY,
    mbco: 'Répondre aux consultations dont la date limite tombe dans la semaine.',
  },
  {
    ref: 'payroll',
    name: 'Paie et déclarations sociales',
    owner: 'Aurélie Combe, responsable des ressources humaines',
    description: 'Virement le 28 du mois ; déclaration sociale nominative le 5 ou le 15.',
    isPriority: false,
    mtpdSeconds: 7 * DAY,
    rtoSeconds: 3 * DAY,
    rpoSeconds: 2 * DAY,
    mbco: 'Verser à chacun un acompte égal au net du mois précédent.',
  },
] as const satisfies readonly (z.input<typeof NewActivity> & { ref: string })[];

export type ActivityRef = (typeof ACTIVITIES)[number]['ref'];
