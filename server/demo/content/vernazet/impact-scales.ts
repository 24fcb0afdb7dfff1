/** The scales on which the directors of the demo's client said how bad a standstill is. From the fourth level on it cannot be borne. */
import type { Analysis } from '../demo-client.ts';

const scale = (ref: string, name: string, firstIntolerable: number, ...meanings: string[]) => ({
  ref,
  name,
  levels: meanings.map((meaning, level) => ({ level, meaning, isTolerable: level < firstIntolerable })),
});

export const SCALES: Analysis['categories'] = [
  scale(
    'finances',
    'Finances',
    3,
    'Aucune perte mesurable.',
    'Moins de 20 000 € : absorbé dans le mois.',
    'De 20 000 à 100 000 € : le résultat du trimestre est touché.',
    'De 100 000 à 400 000 € : la ligne de crédit est tirée, la banque est prévenue.',
    'Plus de 400 000 € : les salaires du mois suivant ne sont plus assurés.',
  ),
  scale(
    'clients',
    'Clients',
    3,
    'Aucun client ne s’en aperçoit.',
    'Quelques rappels ; une explication suffit.',
    'Réclamations et retards : des gestes commerciaux sont accordés.',
    'Des clients se dépannent chez un confrère ; pénalités des donneurs d’ordre du ferroviaire.',
    'Un donneur d’ordre retire son agrément ou résilie.',
  ),
  scale(
    'conformity',
    'Conformité et contrats',
    3,
    'Aucune obligation n’est touchée.',
    'Retard administratif, régularisé sans suite.',
    'Une échéance contractuelle ou légale est manquée.',
    'Mise en demeure, ou pièce sortie sans dossier de conformité.',
    'Retrait d’une certification, responsabilité des dirigeants engagée.',
  ),
  scale(
    'people',
    'Santé et sécurité',
    2,
    'Personne n’est exposé.',
    'Fatigue ou inconfort.',
    'Blessure légère possible.',
    'Blessure grave possible : flexible éclaté, machine sans sécurité.',
    'Des vies sont en danger.',
  ),
];
