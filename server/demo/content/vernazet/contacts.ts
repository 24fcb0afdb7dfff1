/** Whom the demo's client has to reach, and by what. Numbers are of the range that no operator gives out. */
import type { DemoContact } from '../demo-client.ts';

const EMPLOYER = 'Vernazet Fluides';

interface Colleague extends Pick<DemoContact, 'person'> {
  /** The last figures of a mobile that works when everything else is down. */
  mobile?: string;
  extension?: string;
}

const colleague = (ref: string, name: string, jobTitle: string, by: Colleague): DemoContact => ({
  ref,
  name,
  employer: EMPLOYER,
  jobTitle,
  languages: ['français'],
  ...(by.person && { person: by.person }),
  points: [
    ...(by.mobile ? [{ kind: 'mobile' as const, value: `06 39 98 01 ${by.mobile}`, isOutOfBand: true }] : []),
    ...(by.extension
      ? [{ kind: 'phone' as const, value: `04 65 71 01 ${by.extension}`, needsAsset: '@network' }]
      : []),
    { kind: 'mail' as const, value: `${mailName(name)}@vernazet.example`, needsAsset: '@mail' },
  ],
});

const outside = (
  ref: string,
  name: string,
  employer: string,
  jobTitle: string,
  phone: string,
): DemoContact => ({
  ref,
  name,
  employer,
  jobTitle,
  languages: ['français'],
  points: [{ kind: 'phone', value: phone, isOutOfBand: true }],
});

const mailName = (name: string) =>
  name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll(' ', '.');

export const CONTACTS: DemoContact[] = [
  colleague('philippe', 'Philippe Garnier', 'Directeur général', { mobile: '11', person: 'philippe' }),
  colleague('nathalie', 'Nathalie Roche', 'Directrice administrative et financière', {
    mobile: '12',
    person: 'nathalie',
  }),
  colleague('damien', 'Damien Morel', 'Responsable QHSE', { mobile: '13', extension: '13' }),
  colleague('thomas', 'Thomas Béraud', 'Responsable informatique', { mobile: '14', extension: '14' }),
  colleague('ines', 'Inès Caillat', 'Administratrice systèmes', { mobile: '15', extension: '15' }),
  colleague('aurelie', 'Aurélie Combe', 'Responsable des ressources humaines', { mobile: '16' }),
  colleague('elodie', 'Élodie Marchand', 'Responsable administration des ventes', { mobile: '17' }),
  colleague('fabien', 'Fabien Rey', 'Adjoint de l’administration des ventes', { mobile: '18' }),
  colleague('julien', 'Julien Arnaudet', 'Responsable logistique', { mobile: '19' }),
  colleague('celine', 'Céline Tissot', 'Cheffe d’équipe logistique', { mobile: '20' }),
  colleague('marc', 'Marc Vuillermoz', 'Directeur de production', { mobile: '21' }),
  colleague('sandrine', 'Sandrine Poncet', 'Cheffe d’atelier', { mobile: '22' }),
  colleague('bertrand', 'Bertrand Coste', 'Chef comptable', { mobile: '23' }),
  colleague('sophie', 'Sophie Lacombe', 'Assistante de direction', { mobile: '24' }),
  colleague('maud', 'Maud Perrin', 'Assistante des ressources humaines', { mobile: '25' }),
  colleague('karim', 'Karim Haddad', 'Chef des dépannages sur site', { mobile: '26' }),
  // Both who speak for the firm are only known by what a crisis may take with it.
  colleague('camille', 'Camille Jacquemet', 'Responsable commerciale', { extension: '27' }),
  colleague('vincent', 'Vincent Alary', 'Chargé de marketing', { extension: '28' }),
  outside('samia', 'Samia Benali', 'Amarante Continuité', 'Astreinte technique', '04 65 71 02 20'),
  outside('calvanne', 'Assistance Calvanne', 'Calvanne Logiciels', 'Assistance ERP', '04 65 71 04 40'),
  outside(
    'confluent',
    'Supervision Confluent',
    'Télécoms du Confluent',
    'Supervision réseau',
    '04 65 71 03 30',
  ),
  outside(
    'carrier-desk',
    'Exploitation de Saint-Priest',
    'Messagerie Alpes-Saône',
    'Exploitation',
    '04 65 71 05 50',
  ),
  outside('hydropress', 'Dépannage Hydropress', 'Hydropress Service', 'Dépannage', '04 65 71 06 60'),
  outside('bank-desk', 'Centre d’affaires', 'Banque des Deux-Fleuves', 'Centre d’affaires', '04 65 71 07 70'),
];
