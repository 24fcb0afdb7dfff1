/** Where the demo's client works. */
import type { Inventory } from '../demo-client.ts';

export const SITES: Inventory['sites'] = [
  {
    ref: 'genas',
    name: 'Siège et atelier de Genas',
    kind: 'plant',
    address: '14 rue des Forgerons, 69740 Genas',
    latitude: 45.7322,
    longitude: 5.0021,
    power: 'Un poste de transformation, sans double alimentation. Onduleurs du local technique : 25 minutes.',
    telecom: 'Fibre dédiée de Télécoms du Confluent, secours 4G sur un autre opérateur.',
  },
  {
    ref: 'sqf',
    name: 'Plateforme logistique de Saint-Quentin-Fallavier',
    kind: 'plant',
    address: '3 allée du Pontet, 38070 Saint-Quentin-Fallavier',
    latitude: 45.6418,
    longitude: 5.1266,
    power: 'Alimentation simple. Groupe électrogène de 60 kVA, essayé chaque mois, 10 heures de gazole.',
    telecom: 'Fibre mutualisée, secours 4G.',
  },
  {
    ref: 'valence',
    name: 'Agence de Valence',
    kind: 'shop',
    address: '27 avenue de Provence, 26000 Valence',
    latitude: 44.9296,
    longitude: 4.8935,
    power: 'Réseau du bâtiment, sans secours.',
    telecom: 'Fibre grand public ; partage de connexion des mobiles en secours.',
  },
];
