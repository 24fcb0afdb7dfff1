/** What may happen to the demo's client, and what it takes. One is still to be decided on, one was set aside. */
import type { DemoClient } from '../demo-client.ts';
import { DAY, HOUR } from '../times.ts';

type Scenario = DemoClient['scenarios']['scenarios'][number];

const untrusted = (...assets: string[]): Scenario['effects'] =>
  assets.map((asset) => ({ asset: `@${asset}`, effect: 'untrusted' }));
const lost = (asset: string, durationSeconds: number | null = null) => ({
  asset: `@${asset}`,
  effect: 'lost' as const,
  durationSeconds,
});

export const SCENARIOS: Scenario[] = [
  {
    ref: 'ransomware',
    name: 'Rançongiciel avec vol des droits d’administration',
    family: 'ransomware-admin-stolen',
    description:
      'L’attaquant est dans le réseau depuis des semaines, détient les comptes d’administration du domaine et de la virtualisation, puis chiffre tout en une nuit. Plus rien du domaine n’est digne de confiance, ni le pare-feu ni la messagerie, qui s’administrent avec les mêmes comptes.',
    likelihood: 3,
    state: 'retained',
    effects: untrusted(
      'network',
      'mail',
      'hypervisor',
      'directory',
      'dc1',
      'dc2',
      'erp-vm',
      'erp',
      'erp-data',
      'file-server',
      'documents',
      'workstations',
      'pdm',
      'pdm-data',
      'licence-server',
    ),
  },
  {
    ref: 'fire',
    name: 'Incendie du site de Genas',
    family: 'premises-lost',
    description:
      'Bureaux, atelier et local technique sont détruits ou interdits d’accès pendant plusieurs semaines.',
    likelihood: 2,
    state: 'retained',
    effects: [{ site: '@genas', effect: 'lost', durationSeconds: 60 * DAY }],
  },
  {
    ref: 'msp',
    name: 'Perte de l’infogérant',
    family: 'msp-lost',
    description:
      'Amarante Continuité est attaquée ou s’arrête : ses accès sont coupés, sa supervision est muette, et ses autres clients l’appellent en même temps.',
    likelihood: 2,
    state: 'retained',
    effects: [lost('provider', 30 * DAY)],
  },
  {
    ref: 'host-failure',
    name: 'Panne de la grappe de virtualisation',
    family: 'ict-assets-lost',
    description: 'Le stockage partagé tombe ; le matériel de remplacement arrive en deux jours ouvrés.',
    likelihood: 3,
    state: 'retained',
    effects: [lost('hypervisor', 2 * DAY)],
  },
  {
    ref: 'contained-attack',
    name: 'Intrusion contenue à temps',
    family: 'cyber-attack',
    description: 'Des postes sont chiffrés ou suspects ; l’annuaire et les sauvegardes tiennent.',
    likelihood: 4,
    state: 'retained',
    effects: untrusted('workstations'),
  },
  {
    ref: 'power-cut',
    name: 'Coupure électrique prolongée à Genas',
    family: 'power-lost',
    description: 'Plus de 25 minutes sans courant, télécommunications comprises.',
    likelihood: 3,
    state: 'retained',
    effects: [lost('ups', 8 * HOUR), lost('telephony', 8 * HOUR)],
  },
  {
    ref: 'flood',
    name: 'Crue de la Bourbre à Saint-Quentin-Fallavier',
    family: 'natural-disaster',
    description: 'La plateforme est inaccessible deux semaines ; Genas reste au sec.',
    likelihood: 2,
    state: 'retained',
    effects: [{ site: '@sqf', effect: 'lost', durationSeconds: 14 * DAY }],
  },
  {
    ref: 'staff',
    name: 'Absence simultanée des deux administrateurs',
    family: 'staff-lost',
    description: 'Les seules personnes qui connaissent le système d’information sont absentes deux semaines.',
    likelihood: 3,
    state: 'retained',
    effects: [lost('it-team', 14 * DAY)],
  },
  {
    ref: 'editor-fails',
    name: 'Défaillance de l’éditeur de l’ERP',
    family: 'provision-quality',
    description: 'Calvanne Logiciels cesse son activité : plus d’assistance ni de correctifs.',
    likelihood: 2,
    state: 'retained',
    effects: [{ asset: '@erp-editor', effect: 'slow', durationSeconds: 90 * DAY }],
  },
  {
    ref: 'insider',
    name: 'Malveillance d’une personne habilitée',
    family: 'insider-attack',
    description: 'Quelqu’un efface ou altère des données peu à peu. À examiner avec les ressources humaines.',
    likelihood: 2,
    state: 'proposed',
    effects: untrusted('documents'),
  },
  {
    ref: 'unrest',
    name: 'Troubles qui bloquent les accès',
    family: 'instability',
    description: 'Blocage de la rocade ou des fournisseurs étrangers pendant plusieurs jours.',
    likelihood: 1,
    state: 'set-aside',
    reason:
      'Trois semaines de stock et deux itinéraires par site : le comité de direction accepte ce risque jusqu’à la prochaine étude.',
    effects: [],
  },
];

export const STRATEGIES: DemoClient['scenarios']['strategies'] = [
  {
    name: 'Reprendre l’ERP hors du site de Genas',
    activity: '@orders',
    scenario: '@ransomware',
    options: [
      {
        name: 'Serveur de secours chez l’infogérant, restauration à la demande',
        description: '128 Go de mémoire, 8 To, livré ou ouvert en 3 h.',
        costOnce: 2500,
        costYearly: 6200,
        rtoSeconds: 4 * HOUR,
        rpoSeconds: 12 * HOUR,
      },
      {
        name: 'Réplique tiède de l’ERP chez un hébergeur',
        description: 'Copie de la base toutes les 15 minutes, bascule en une heure.',
        costOnce: 14_000,
        costYearly: 17_500,
        rtoSeconds: HOUR,
        rpoSeconds: 900,
      },
      { name: 'Ne rien changer, travailler sur papier', costOnce: 0, costYearly: 1200, rtoSeconds: 2 * DAY },
    ],
    residualRisk:
      'La réplique tiède divise le délai par quatre ; elle sera revue si l’exercice annuel dépasse 4 h.',
    choice: {
      option: 1,
      on: 205,
      reason:
        'Tient l’objectif de 4 h sur le papier pour un tiers du coût ; à vérifier par un exercice complet.',
    },
    inPlace: 160,
  },
  {
    name: 'Expédier sans la plateforme',
    activity: '@shipping',
    scenario: '@flood',
    options: [
      {
        name: 'Stock de dépannage à Genas et Valence, enlèvement à Genas',
        costOnce: 38_000,
        costYearly: 4000,
        rtoSeconds: 8 * HOUR,
      },
      { name: 'Entrepôt de réserve loué', costOnce: 12_000, costYearly: 96_000, rtoSeconds: DAY },
    ],
    residualRisk: 'Les 300 articles les plus demandés seulement.',
    choice: { option: 1, on: 205, reason: 'Le stock de dépannage sert tous les jours, l’entrepôt jamais.' },
    inPlace: 120,
  },
  {
    name: 'Faire fabriquer chez un confrère',
    activity: '@assembly',
    scenario: '@fire',
    options: [
      {
        name: 'Accord réciproque avec Flexirhône',
        description: '120 flexibles standard par jour, sous trois jours.',
        costOnce: 3000,
        costYearly: 1500,
        rtoSeconds: 3 * DAY,
      },
      {
        name: 'Deux presses de réserve à la plateforme',
        costOnce: 68_000,
        costYearly: 3500,
        rtoSeconds: DAY,
      },
    ],
    residualRisk:
      'L’accord donne trois jours là où la direction demande 24 h : écart accepté jusqu’à la prochaine étude.',
    choice: { option: 1, on: 205, reason: 'Signé, essayé sur une commande réelle.' },
  },
  {
    name: 'Garder une copie des documents loin de Genas',
    asset: '@documents',
    scenario: '@fire',
    options: [
      { name: 'Second dépôt à la plateforme', costOnce: 1900, costYearly: 600, rpoSeconds: 12 * HOUR },
      { name: 'Dépôt verrouillé chez un hébergeur', costOnce: 900, costYearly: 2700, rpoSeconds: DAY },
    ],
    residualRisk: 'Tant que rien n’est choisi, un incendie emporte les documents avec leurs sauvegardes.',
  },
  {
    name: 'Lire les encours sans l’ERP',
    activity: '@billing',
    options: [
      {
        name: 'Consultation de la base restaurée par l’infogérant',
        costOnce: 0,
        costYearly: 0,
        rtoSeconds: 6 * HOUR,
        rpoSeconds: 12 * HOUR,
      },
    ],
    choice: { option: 1, on: 205, reason: 'Prouvé par chaque restauration d’essai.' },
    inPlace: 204,
  },
  {
    name: 'Garder les dépanneurs joignables',
    activity: '@field',
    scenario: '@power-cut',
    options: [
      { name: 'Renvoi du numéro d’appel sur les mobiles', costOnce: 0, costYearly: 240, rtoSeconds: 900 },
    ],
    choice: { option: 1, on: 205, reason: 'Gratuit et immédiat.' },
    inPlace: 150,
  },
  {
    name: 'Doubler l’alimentation électrique de Genas',
    asset: '@ups',
    scenario: '@power-cut',
    options: [{ name: 'Groupe électrogène de 150 kVA', costOnce: 84_000, costYearly: 5200, rtoSeconds: 60 }],
    refused: {
      on: 198,
      reason: 'Le coût dépasse la perte attendue ; les activités tiennent huit heures sur papier.',
    },
  },
];
