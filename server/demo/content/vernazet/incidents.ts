/** What happened to the demo's client in earnest: a storage that failed, and a mailbox that somebody else read. */
import type { DemoIncident } from '../demo-client.ts';

const STORAGE: DemoIncident = {
  ref: 'storage-failure',
  on: 228,
  incident: {
    title: 'Panne du stockage partagé : ERP arrêté une matinée',
    class: 'hardware',
    severity: 'major',
    description:
      'Deux disques de la grappe tombent à une heure d’écart. L’ERP et les fichiers sont arrêtés ; la base est restaurée de la sauvegarde de la nuit sur l’hôte restant.',
    scenario: '@host-failure',
    dataLossSeconds: 9000,
    activities: ['@orders', '@shipping', '@billing'],
    assets: ['@hypervisor', '@erp', '@erp-data', '@file-server'],
  },
  times: {
    occurred: [0, '07:20'],
    detected: [0, '07:35'],
    declared: [0, '08:05'],
    contained: [0, '09:10'],
    restored: [0, '13:50'],
  },
  reports: [{ to: 'Assureur (Mutuelle des Ateliers)', due: [2, '18:00'], done: [0, '10:30'] }],
  log: [
    {
      time: '08:06',
      told: '07:35',
      by: 'samia',
      kind: 'fact',
      text: 'La supervision signale un deuxième disque en défaut ; l’ERP ne répond plus.',
    },
    {
      time: '08:08',
      by: 'samia',
      kind: 'decision',
      text: 'Niveau 2, T0 = 8 h 05, décidé par Damien Morel. PCA ouvert pour les commandes et l’expédition.',
    },
    {
      time: '08:20',
      by: 'samia',
      kind: 'message',
      text: 'Standard renvoyé sur les mobiles ; bordereaux sortis, à partir de BC-0041.',
    },
    {
      time: '09:10',
      by: 'samia',
      kind: 'fact',
      text: 'Baie isolée. La base sera restaurée sur le second hôte.',
    },
    {
      time: '09:12',
      by: 'samia',
      kind: 'risk',
      text: 'Un seul hôte pour tout porter : pas de marge si lui aussi tombe.',
    },
    { time: '10:35', by: 'samia', kind: 'message', text: 'Assureur prévenu, dossier MR-7714.' },
    { time: '11:40', by: 'samia', kind: 'fact', text: 'Base restaurée, données arrêtées à 5 h 20 ce matin.' },
    {
      time: '11:55',
      by: 'samia',
      kind: 'correction',
      corrects: 7,
      text: 'Les données sont arrêtées à 4 h 50 et non 5 h 20 : heure lue dans la base, confirmée par Bertrand Coste.',
    },
    { time: '13:50', by: 'samia', kind: 'fact', text: 'ERP rouvert à tous. 34 bordereaux à ressaisir.' },
    { time: '17:30', by: 'philippe', kind: 'decision', text: 'Levée à 17 h 30. RETEX sous trente jours.' },
  ],
  activated: { plan: 'pca', decidedBy: 'Damien Morel', at: [0, '08:08'], over: [0, '17:30'] },
  closed: [1, '09:30'],
  review: {
    held: 214,
    closed: 203,
    by: 'hugo',
    said: {
      participants: 'Informatique, ventes, logistique, finance, Amarante Continuité',
      causes:
        'Disques du même lot, au-delà de cinq ans ; alerte du premier défaut reçue la veille au soir et traitée au matin.',
      whatWorked: 'Bordereaux en quinze minutes ; base restaurée du premier coup.',
      whatFailed: 'Alerte de nuit sans suite ; deux heures et demie de saisie perdues.',
    },
    lessons: [
      {
        text: 'Une alerte de disque reçue la nuit n’a réveillé personne.',
        severity: 'critical',
        actions: [
          {
            title: 'Astreinte appelée pour tout défaut de disque, jour et nuit',
            owner: 'Samia Benali',
            due: 185,
            done: { on: 196, by: 'samia' },
            verified: {
              on: 141,
              by: 'hugo',
              effect: 'Disque débranché à 22 h lors de l’exercice : astreinte appelée en 6 minutes.',
            },
          },
        ],
      },
      {
        text: 'Les deux disques avaient l’âge et le lot en commun.',
        severity: 'major',
        actions: [
          {
            title: 'Remplacer les disques par lots différents',
            owner: 'Thomas Béraud',
            due: 150,
            done: { on: 158, by: 'hugo' },
          },
          {
            title: 'Doubler la baie de stockage',
            owner: 'Thomas Béraud',
            due: 90,
            dropped: {
              on: 120,
              reason: 'Coût de 46 000 € refusé par la direction : le délai mesuré reste supportable.',
            },
          },
        ],
      },
    ],
  },
};

const MAILBOX: DemoIncident = {
  ref: 'mailbox',
  on: 82,
  incident: {
    title: 'Boîte du service commercial détournée, fausses coordonnées bancaires envoyées',
    class: 'cyber',
    severity: 'significant',
    description:
      'Un mot de passe hameçonné ouvre une boîte partagée pendant deux jours. Quatre clients reçoivent de faux changements de compte ; l’un rappelle avant de payer.',
    scenario: '@contained-attack',
    dataLossSeconds: 0,
    isReportable: true,
    activities: ['@quotes', '@billing'],
    assets: ['@mail'],
  },
  times: {
    occurred: [0, '16:10'],
    detected: [2, '09:20'],
    declared: [2, '09:40'],
    contained: [2, '10:05'],
    restored: [2, '15:30'],
  },
  reports: [
    { to: 'CNIL (RGPD, article 33)', due: [5, '09:20'], done: [4, '17:10'] },
    { to: 'Gendarmerie (plainte)', due: [5, '09:20'], done: [3, '11:00'] },
  ],
  log: [
    {
      day: 2,
      time: '09:42',
      told: '09:20',
      by: 'samia',
      kind: 'fact',
      text: 'Un client rappelle pour vérifier un changement de compte qu’il a reçu de la boîte « devis ».',
    },
    {
      day: 2,
      time: '10:05',
      by: 'samia',
      kind: 'decision',
      text: 'Sessions fermées, mot de passe changé, double authentification imposée à toutes les boîtes partagées.',
    },
    {
      day: 2,
      time: '10:20',
      by: 'samia',
      kind: 'fact',
      text: 'Règle de transfert vers une adresse inconnue, posée il y a deux jours, retirée.',
    },
    {
      day: 2,
      time: '11:15',
      by: 'samia',
      kind: 'message',
      text: 'Quatre clients appelés par leur interlocuteur ; aucun n’a payé.',
    },
    {
      day: 2,
      time: '14:00',
      by: 'samia',
      kind: 'waiver',
      text: 'Accès de la commerciale en déplacement maintenu sans double authentification jusqu’à 18 h, accord de Philippe Garnier.',
    },
    {
      day: 2,
      time: '18:05',
      by: 'samia',
      kind: 'correction',
      corrects: 5,
      text: 'La dérogation a pris fin à 17 h 40, et non à 18 h.',
    },
    {
      day: 4,
      time: '17:15',
      by: 'philippe',
      kind: 'message',
      text: 'Notification déposée auprès de la CNIL, accusé de réception reçu.',
    },
  ],
  activated: { plan: 'crisis-plan', decidedBy: 'Philippe Garnier', at: [2, '09:45'], over: [2, '18:10'] },
  closed: [5, '10:00'],
  review: {
    held: 72,
    closed: 60,
    by: 'hugo',
    said: {
      participants: 'Direction, ventes, finance, informatique, Amarante Continuité',
      causes:
        'Boîtes partagées dispensées de double authentification ; formation à l’hameçonnage non suivie par les intérimaires.',
      whatWorked: 'Contre-appel du client, coupure en vingt-cinq minutes, délais légaux tenus.',
      whatFailed: 'Deux jours avant que quelqu’un s’en aperçoive.',
    },
    lessons: [
      {
        text: 'Les boîtes partagées n’avaient pas de double authentification.',
        severity: 'critical',
        actions: [
          {
            title: 'Double authentification sur toutes les boîtes partagées',
            owner: 'Inès Caillat',
            due: 60,
            done: { on: 66, by: 'samia' },
            verified: {
              on: 45,
              by: 'hugo',
              effect: 'Connexion d’essai refusée sans second facteur sur les onze boîtes partagées.',
            },
          },
        ],
      },
      {
        text: 'Personne ne regarde les règles de transfert des boîtes.',
        severity: 'major',
        actions: [{ title: 'Alerte sur toute nouvelle règle de transfert', owner: 'Samia Benali', due: 20 }],
      },
    ],
  },
};

export const INCIDENTS: DemoIncident[] = [STORAGE, MAILBOX];
