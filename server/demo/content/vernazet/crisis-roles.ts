/** Who leads what in a crisis at the demo's client: the holder, then the deputy. */
import type { DemoRole } from '../demo-client.ts';

export const CRISIS_ROLES: DemoRole[] = [
  {
    ref: 'director',
    name: 'Directeur de crise',
    cell: 'decision',
    mandate:
      'Engage seul jusqu’à 50 000 €. Seul à arrêter la production ou à couper l’accès internet plus de 4 h.',
    mayApprove: true,
    holders: ['philippe', 'nathalie'],
  },
  {
    ref: 'coordinator',
    name: 'Coordinateur de crise',
    cell: 'decision',
    mandate: 'Propose le niveau, réunit les cellules, tient l’heure.',
    holders: ['damien', 'aurelie'],
  },
  {
    ref: 'finance-lead',
    name: 'Finance, assurance et droit',
    cell: 'decision',
    mandate: 'Déclare aux assureurs et aux autorités ; engage 10 000 €.',
    holders: ['nathalie', 'bertrand'],
  },
  {
    ref: 'spokesperson',
    name: 'Communication',
    cell: 'communication',
    mandate: 'Envoie seule les deux messages d’attente approuvés.',
    holders: ['camille', 'vincent'],
  },
  {
    ref: 'log-keeper',
    name: 'Main courante et intendance',
    cell: 'support',
    mandate: 'Note, relit, appelle les membres.',
    holders: ['sophie', 'maud'],
  },
  {
    ref: 'it-lead',
    name: 'Pilote informatique',
    cell: 'operations',
    mandate: 'Peut couper internet, un serveur ou un site dès le soupçon d’une attaque.',
    holders: ['thomas', 'ines'],
  },
  {
    ref: 'sales-lead',
    name: 'Ventes et clients',
    cell: 'operations',
    mandate: 'Ouvre les bordereaux, fixe l’ordre des clients.',
    holders: ['elodie', 'fabien'],
  },
  {
    ref: 'logistics-lead',
    name: 'Logistique',
    cell: 'operations',
    mandate: 'Change de transporteur, ouvre le repli.',
    holders: ['julien', 'celine'],
  },
  {
    ref: 'production-lead',
    name: 'Production',
    cell: 'operations',
    mandate: 'Arrête une ligne, appelle le confrère.',
    holders: ['marc', 'sandrine'],
  },
];
