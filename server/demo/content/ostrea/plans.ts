/** The two plans of the healthy client: short, since the firm is. */
import type { z } from 'zod';
import type { SectionKind } from '#/plans/facts.ts';
import type { Section } from '#/plans/plan-sections.ts';
import type { NewStep } from '#/plans/runbooks.ts';
import type { DemoPlan } from '../demo-client.ts';
import { french } from '../french.ts';

const sections = (
  told: Partial<Record<SectionKind, [title: string, body: string]>>,
): Omit<Section, 'payload'>[] =>
  Object.entries(told).map(([kind, [title, body]]) => ({
    kind: kind as SectionKind,
    title,
    body: french(body),
  }));

const PCA = sections({
  scope: [
    'Objet et périmètre',
    'Ce plan couvre le cabinet de Vannes et ses dix-huit personnes. Il vaut quand les bureaux, les fichiers ou une partie de l’équipe manquent. Objectif : rendre les dossiers fonciers en moins de 8 h, sans perdre plus de 24 h de travail.',
  ],
  activation: [
    'Déclenchement',
    'Soazig Le Goff déclenche, ou Yann Kerloc’h à défaut, dès que les dossiers sont illisibles depuis 1 h, que les bureaux sont fermés pour la journée, ou qu’un poste affiche une demande de rançon.',
  ],
  roles: [
    'Qui fait quoi',
    'Direction de crise : Soazig Le Goff, suppléant Yann Kerloc’h. Informatique et sauvegardes : Yann Kerloc’h, suppléante Maïwenn Hervé. Clients : Maïwenn Hervé, suppléante Soazig Le Goff.',
  ],
  comms: [
    'Alerte et messages',
    'Appels sur les mobiles personnels, dont la liste imprimée est chez chacun. Les notaires qui attendent un acte sont appelés dans les 4 h. On dit ce qui est établi et l’heure du prochain point.',
  ],
  degraded: [
    'Travailler sans les fichiers',
    'Les relevés de terrain continuent sur les carnets des stations. Les rendez-vous de bornage sont tenus. Les plans en cours attendent la restauration : rien ne se redessine de mémoire.',
  ],
  'recovery-order': [
    'Ordre de reprise',
    'D’abord les dossiers fonciers, ensuite la facturation. Une seule donnée est à restaurer : les dossiers du cabinet. Chacun travaille sur son portable, au bureau ou chez soi.',
  ],
  resources: [
    'Moyens',
    'Dix-huit portables chiffrés, deux routeurs 4G, la clé de récupération au coffre de la banque et chez Soazig Le Goff, l’infogérant joignable jour et nuit.',
  ],
  security: [
    'Sécurité',
    'Aucun fichier n’est rouvert avant que la copie restaurée soit contrôlée. Aucun changement de compte bancaire n’est accepté sans rappel au numéro connu.',
  ],
  return: [
    'Retour à la normale',
    'Les carnets de terrain sont reversés dossier par dossier, à deux. Un dossier sur dix est relu par une autre personne. L’heure des données restaurées est affichée.',
  ],
  deactivation: [
    'Levée',
    'Soazig Le Goff lève le plan quand une journée entière s’est passée sans mode dégradé, que les sauvegardes tournent et qu’une restauration d’essai a réussi.',
  ],
});

const PRA = sections({
  ...Object.fromEntries(PCA.map(({ kind, title, body }) => [kind, [title, body]])),
  scope: [
    'Objet et périmètre',
    'Ce plan dit comment les dossiers du cabinet reviennent : d’où, par qui, en combien de temps. Tout le reste se remplace dans la journée et n’a pas de données.',
  ],
  'recovery-order': [
    'Ordre de rétablissement',
    'Sortir la clé, ouvrir le dépôt de l’infogérant, restaurer les dossiers sur un serveur neuf ou un disque, contrôler trois dossiers récents, rouvrir le partage.',
  ],
  security: [
    'Sécurité de la reprise',
    'La clé est ouverte à deux, sur un portable qui n’a pas été sur le réseau. Le point choisi est le dernier qu’une restauration d’essai a prouvé.',
  ],
});

type Step = z.input<typeof NewStep>;

const STEPS: Step[] = [
  {
    key: 'decider',
    action: 'Décider et appeler',
    crisisRole: '@lead',
    resource: 'none',
    p50Seconds: 900,
    p90Seconds: 1800,
    successTest: 'L’infogérant a rappelé.',
  },
  {
    key: 'sortir-cle',
    action: 'Ouvrir la clé de récupération à deux',
    crisisRole: '@lead',
    resource: 'none',
    p50Seconds: 1800,
    p90Seconds: 3600,
    successTest: 'L’empreinte lue est celle de la fiche.',
    after: [{ key: 'decider' }],
  },
  {
    key: 'restaurer',
    action: 'Restaurer les dossiers',
    detail:
      'sh restore.sh --asset dossiers-fonciers --point latest --identity identity.txt --into /srv/dossiers',
    crisisRole: '@it',
    resource: 'technician',
    p50Seconds: 3600,
    p90Seconds: 7200,
    successTest: 'Aucun écart avec le manifeste.',
    rollback: 'Prendre le point précédent.',
    asset: '@files',
    after: [{ key: 'sortir-cle' }],
  },
  {
    key: 'controler',
    action: 'Contrôler trois dossiers récents et rouvrir',
    crisisRole: '@clients-lead',
    resource: 'none',
    p50Seconds: 1200,
    p90Seconds: 2400,
    successTest: 'Trois géomètres ont ouvert leur dossier du jour.',
    after: [{ key: 'restaurer' }],
  },
];

const CALLS = [
  { key: 'lead', crisisRole: '@lead', timeoutSeconds: 600 },
  { key: 'it', crisisRole: '@it', calledBy: 'lead', timeoutSeconds: 600 },
  { key: 'clients', crisisRole: '@clients-lead', calledBy: 'lead', timeoutSeconds: 600 },
];

const version = (drafted: number, text: Omit<Section, 'payload'>[]): DemoPlan['versions'][number] => ({
  drafted,
  approved: drafted - 6,
  changeSummary: 'Version annuelle, relue par toute l’équipe.',
  sections: () => text,
  steps: STEPS,
  callTree: CALLS,
  handouts: [
    { on: drafted - 8, contacts: ['soazig', 'yann', 'maiwenn'], channel: 'paper', read: drafted - 10 },
  ],
});

export const PLANS: DemoPlan[] = [
  {
    ref: 'pca',
    plan: {
      kind: 'bcp',
      title: 'Plan de continuité du cabinet',
      owner: 'Soazig Le Goff',
      activities: ['@files-work', '@office-work'],
      scenarios: ['@ransomware', '@offices-lost'],
      keptIn: ['@binder'],
    },
    versions: [version(120, PCA)],
  },
  {
    ref: 'pra',
    plan: {
      kind: 'drp',
      title: 'Plan de reprise des dossiers',
      owner: 'Yann Kerloc’h',
      activities: ['@files-work', '@office-work'],
      scenarios: ['@ransomware', '@offices-lost'],
      keptIn: ['@binder'],
    },
    versions: [version(120, PRA)],
  },
];
