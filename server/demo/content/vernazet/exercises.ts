/** The exercises of the demo's client: round a table, one function, and everything at once. The last one found that an objective is not held. */
import type { DemoExercise } from '../demo-client.ts';

const present = (...names: string[]) =>
  names.map((name) => ({ name, part: 'player' as const, wasPresent: true }));
const HUGO = { name: 'Hugo Lemaire', part: 'facilitator' as const, wasPresent: true };
const observer = (name: string) => ({ name, part: 'observer' as const, wasPresent: true });

const TABLETOP: DemoExercise = {
  ref: 'tabletop',
  added: 280,
  on: 256,
  begins: '14:00',
  ends: '16:45',
  planned: {
    title: 'Rançongiciel un vendredi soir (sur table)',
    kind: 'tabletop',
    scenario: '@ransomware',
    plans: ['@pca'],
    participants: [
      ...present(
        'Philippe Garnier',
        'Damien Morel',
        'Nathalie Roche',
        'Thomas Béraud',
        'Élodie Marchand',
        'Sophie Lacombe',
      ),
      { name: 'Camille Jacquemet', part: 'player', wasPresent: false },
      HUGO,
      observer('Jeanne Vidal'),
    ],
    objectives: [
      {
        objective: 'Déclencher le bon niveau',
        target: 'moins de 20 minutes après l’alerte',
        rating: 'met',
        note: 'Niveau 3 décidé en 14 minutes.',
      },
      {
        objective: 'Joindre chaque rôle ou son suppléant',
        target: '30 minutes',
        rating: 'partly-met',
        note: 'La communication n’a été jointe que par le téléphone fixe, coupé dans le scénario.',
      },
      { objective: 'Fixer l’ordre des activités', target: 'première réunion', rating: 'met' },
      {
        objective: 'Passer les délais légaux en revue',
        target: 'avant la fin de la deuxième réunion',
        rating: 'met',
        note: 'CNIL, assureur et plainte cités avec leur heure limite.',
      },
    ],
    injects: [
      {
        atSeconds: 0,
        message: 'Vendredi, 18 h 40 : trois postes de l’entrepôt affichent une demande de rançon.',
        givenTo: 'Thomas Béraud',
        expected: 'Coupure des liens, alerte du coordinateur.',
      },
      {
        atSeconds: 1800,
        message: 'Un donneur d’ordre du ferroviaire appelle le standard : ses pièces partent-elles lundi ?',
        givenTo: 'Élodie Marchand',
        expected: 'Réponse d’attente du plan, rappel promis à heure dite.',
        outcome: 'Réponse donnée, heure de rappel oubliée.',
      },
      {
        atSeconds: 4800,
        message: 'L’attaquant annonce la publication des plans d’un client du nucléaire.',
        givenTo: 'Philippe Garnier',
        expected: 'Avocat, client prévenu dans les 24 h, aucune réponse à l’attaquant.',
        outcome: 'Conforme.',
      },
    ],
    summary:
      'La cellule sait décider et tient son rythme. Deux faiblesses : la communication n’est joignable que par des moyens que la crise coupe, et l’ordre des activités en fin de mois n’était pas écrit.',
  },
  log: [
    {
      time: '14:12',
      by: 'hugo',
      kind: 'fact',
      text: 'Trois postes de l’entrepôt chiffrés, liaison entre sites coupée.',
    },
    { time: '14:14', by: 'hugo', kind: 'decision', text: 'Niveau 3, T0 = 14 h 14.' },
    { time: '15:20', by: 'hugo', kind: 'message', text: 'Premier message au personnel lu à voix haute.' },
  ],
  observations: [
    {
      at: '14:30',
      note: 'Les rôles sont tenus sans hésitation ; la main courante est relue à chaque décision.',
      severity: 'strength',
    },
    {
      at: '15:10',
      note: 'Aucun numéro de mobile pour la communication ni pour son suppléant dans l’annuaire.',
      severity: 'major',
    },
    { at: '16:05', note: 'L’ordre des activités en fin de mois se décide de mémoire.', severity: 'minor' },
  ],
  review: {
    held: 250,
    closed: 238,
    by: 'hugo',
    said: {
      participants: 'Cellule décisionnelle, Amarante Continuité',
      causes:
        'Annuaire constitué à partir des postes téléphoniques internes, sans question sur les mobiles personnels.',
      whatWorked: 'Déclenchement, tenue de la main courante, revue des délais légaux.',
      whatFailed: 'Joindre la communication ; ordre des activités en fin de mois.',
    },
    lessons: [
      { text: 'La cellule décide vite quand le seuil est écrit.', severity: 'strength' },
      {
        text: 'La communication de crise n’est joignable que par des moyens que la crise emporte.',
        severity: 'major',
        actions: [
          {
            title: 'Recueillir un mobile pour chaque porte-parole et son suppléant',
            owner: 'Damien Morel',
            due: 160,
          },
        ],
      },
      {
        text: 'L’ordre des activités change en fin de mois et n’est écrit nulle part.',
        severity: 'minor',
        actions: [
          {
            title: 'Écrire l’ordre de fin de mois dans le PCA',
            owner: 'Damien Morel',
            due: 180,
            done: { on: 190, by: 'hugo' },
            verified: {
              on: 174,
              by: 'claire',
              effect:
                'Section « Ordre de reprise » relue avec la directrice financière : l’ordre de fin de mois y figure.',
            },
          },
        ],
      },
    ],
  },
};

const FUNCTIONAL: DemoExercise = {
  ref: 'functional',
  added: 168,
  on: 140,
  begins: '09:00',
  ends: '12:10',
  planned: {
    title: 'Prise de commandes sans ERP (fonctionnel)',
    kind: 'functional',
    scenario: '@host-failure',
    plans: ['@pca', '@communication-plan'],
    participants: [
      ...present('Élodie Marchand', 'Fabien Rey', 'Céline Tissot', 'Julien Arnaudet', 'Vincent Alary'),
      HUGO,
      observer('Damien Morel'),
    ],
    objectives: [
      {
        objective: 'Prendre les commandes sur bordereau',
        target: 'dès 30 minutes',
        rating: 'met',
        note: '22 minutes.',
      },
      {
        objective: 'Expédier dix colis sans l’ERP',
        target: 'avant l’enlèvement de 11 h',
        rating: 'met',
        note: 'Onze colis.',
      },
      {
        objective: 'Envoyer le premier message au personnel',
        target: '30 minutes',
        rating: 'met',
        note: 'SMS groupé parti à la 19e minute, 71 % de réponses en une heure.',
      },
    ],
    summary:
      'Le mode dégradé fonctionne. Les listes de stock imprimées datent parfois de quatre jours : leur tirage est passé à trois fois par semaine.',
  },
  observations: [
    { at: '09:45', note: 'Bordereaux trouvés et numérotés sans aide.', severity: 'strength' },
    {
      at: '10:50',
      note: 'Liste de stock du jeudi utilisée le lundi : deux articles annoncés à tort.',
      severity: 'minor',
    },
  ],
  review: {
    held: 133,
    closed: 126,
    by: 'hugo',
    said: {
      participants: 'Ventes, logistique, Amarante Continuité',
      causes: 'Tirage des listes calé sur deux jours fixes.',
      whatWorked: 'Bordereaux, binômes, messages.',
      whatFailed: 'Fraîcheur des listes de stock.',
    },
    lessons: [
      {
        text: 'Une liste de stock de plus de deux jours fait promettre ce qui n’est plus là.',
        severity: 'minor',
        actions: [
          {
            title: 'Imprimer la liste de stock trois fois par semaine',
            owner: 'Fabien Rey',
            due: 110,
            done: { on: 118, by: 'hugo' },
          },
        ],
      },
    ],
  },
};

/** Minutes as they were measured; the plan hoped for much less. */
const FULL: DemoExercise = {
  ref: 'full',
  added: 75,
  on: 47,
  begins: '08:00',
  ends: '18:30',
  planned: {
    title: 'Reprise complète du système d’information (réel)',
    kind: 'full',
    scenario: '@ransomware',
    plans: ['@pra', '@crisis-plan', '@communication-plan', '@pca'],
    participants: [
      ...present(
        'Thomas Béraud',
        'Inès Caillat',
        'Samia Benali',
        'Bertrand Coste',
        'Damien Morel',
        'Philippe Garnier',
        'Vincent Alary',
      ),
      HUGO,
      observer('Jeanne Vidal'),
    ],
    objectives: [
      {
        objective: 'Ouvrir la clé de récupération à deux',
        target: '1 h',
        rating: 'met',
        note: '35 minutes depuis le coffre de la plateforme.',
      },
      {
        objective: 'Rendre l’ERP aux ventes',
        target: '4 h',
        rating: 'partly-met',
        note: '5 h 21 mesurées, du réseau à l’ERP ouvert : le plan disait 3 h.',
      },
      {
        objective: 'Retrouver les écritures équilibrées',
        target: 'requêtes de contrôle justes',
        rating: 'met',
      },
      {
        objective: 'Premier message au personnel',
        target: '30 minutes',
        rating: 'partly-met',
        note: '52 minutes.',
      },
    ],
    summary:
      'Tout est revenu, rien n’a manqué. Mais la reconstruction du socle et de l’annuaire prend deux fois le temps écrit : l’objectif de 4 h de la prise de commandes n’est pas tenu aujourd’hui.',
  },
  log: [
    { time: '08:05', by: 'samia', kind: 'decision', text: 'PRA déclenché pour exercice, T0 = 8 h 00.' },
    {
      time: '10:40',
      by: 'samia',
      kind: 'fact',
      text: 'Un hôte refuse le média d’installation : clé USB refaite, 25 minutes perdues.',
    },
    {
      time: '14:20',
      by: 'samia',
      kind: 'fact',
      text: 'ERP ouvert à trois témoins, commande d’essai saisie et annulée.',
    },
  ],
  observations: [
    { at: '08:40', note: 'Clé et notice sorties à deux, registre signé.', severity: 'strength' },
    {
      at: '11:30',
      note: 'Les médias d’installation de la virtualisation étaient périmés.',
      severity: 'major',
    },
    {
      at: '15:00',
      note: 'Le délai de 4 h de la prise de commandes est dépassé de plus d’une heure.',
      severity: 'critical',
    },
  ],
  run: {
    plan: 'pra',
    decidedBy: 'Philippe Garnier',
    over: '18:00',
    steps: [
      ['arreter-propagation', 0, 12],
      ['declencher', 12, 18],
      ['renvoi-telephones', 31, 19],
      ['ouvrir-enveloppe', 31, 35],
      ['poste-sain', 31, 24],
      ['choisir-lieu', 31, 22],
      ['figer-preuves', 31, 65],
      ['reseau', 56, 42],
      ['joindre-depot', 67, 14],
      ['copier-depot', 82, 58],
      ['liaison-plateforme', 99, 27],
      ['hyperviseur', 99, 104],
      ['choisir-points', 97, 18],
      ['controleur-domaine', 204, 26],
      ['serveur-erp', 204, 34],
      ['base-rang-1', 204, 51],
      ['fichiers', 204, 148],
      ['annuaire', 231, 78],
      ['application-rang-1', 310, 71],
      ['messagerie', 310, 28],
      ['premiers-postes', 310, 190],
      ['serveur-fichiers', 353, 62],
      ['controle-metier', 382, 31],
      ['sauvegarder-neuf', 414, 66],
      ['ouvrir-services', 501, 18],
    ],
  },
  review: {
    held: 40,
    closed: 24,
    by: 'hugo',
    said: {
      participants: 'Informatique, direction, Amarante Continuité, auditrice',
      causes:
        'Médias d’installation jamais relus ; durées du plan estimées sans mesure ; un seul technicien pour le socle et l’annuaire pendant deux heures.',
      whatWorked: 'Clé de récupération, restauration de la base, contrôles du métier, main courante.',
      whatFailed: 'Délai de reprise de l’ERP ; médias ; premier message au personnel.',
    },
    lessons: [
      {
        text: 'L’objectif de 4 h de la prise de commandes n’est pas tenu : 5 h 21 mesurées.',
        severity: 'critical',
        actions: [
          {
            title: 'Présenter à la direction la réplique tiède de l’ERP, chiffrée',
            owner: 'Hugo Lemaire',
            due: -21,
          },
          {
            title: 'Tenir à jour les médias d’installation, contrôle chaque trimestre',
            owner: 'Inès Caillat',
            due: 10,
          },
        ],
      },
      {
        text: 'La restauration de la base est rapide, juste, et ne dépend de personne.',
        severity: 'strength',
      },
      {
        text: 'Le premier message part trop tard quand la communication attend d’être appelée.',
        severity: 'minor',
        actions: [{ title: 'Donner le premier message au coordinateur', owner: 'Damien Morel', due: -35 }],
      },
    ],
  },
};

export const EXERCISES: DemoExercise[] = [TABLETOP, FUNCTIONAL, FULL];
