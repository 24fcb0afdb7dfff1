/** The only plan of the neglected client, as it was approved by somebody who has left since. */
import type { SectionKind } from '#/plans/facts.ts';
import type { DemoPlan } from '../demo-client.ts';
import { french } from '../french.ts';

const SECTIONS: [kind: SectionKind, title: string, body: string][] = [
  ['scope', 'Objet', 'Remettre en route le logiciel de transport après une panne du serveur de Longvic.'],
  ['activation', 'Déclenchement', 'Le directeur décide quand le serveur est arrêté depuis plus de 2 h.'],
  ['roles', 'Rôles', 'Gérard Pernin dirige. Lucie Fontaine tient l’exploitation. Pas de suppléants.'],
  ['comms', 'Alerte', 'Messagerie de l’entreprise et standard.'],
  ['security', 'Sécurité', 'Changer les mots de passe après la panne.'],
  ['resources', 'Moyens', 'Un serveur, un disque de sauvegarde dans le même local.'],
  ['recovery-order', 'Ordre', 'Serveur, données, logiciel de transport, postes des exploitants.'],
  ['degraded', 'Mode dégradé', 'Tournées sur tableau blanc, relevés de température à la main.'],
  ['return', 'Retour', 'Ressaisir les tournées du jour.'],
  ['deactivation', 'Levée', 'Le directeur lève le plan quand le logiciel répond.'],
];

export const PLANS: DemoPlan[] = [
  {
    ref: 'pra',
    plan: {
      kind: 'drp',
      title: 'Plan de reprise de Transports Maubrey',
      owner: 'Gérard Pernin',
      reviewIntervalDays: 365,
      activities: ['@dispatch', '@cold'],
      keptIn: ['@server'],
    },
    versions: [
      {
        drafted: 930,
        approved: 920,
        changeSummary: 'Première version.',
        sections: () => SECTIONS.map(([kind, title, body]) => ({ kind, title, body: french(body) })),
        steps: [
          {
            key: 'serveur',
            action: 'Remplacer ou redémarrer le serveur',
            role: 'Directeur',
            p50Seconds: 14_400,
            p90Seconds: 86_400,
            asset: '@server',
          },
          {
            key: 'donnees',
            action: 'Remettre les données',
            role: 'Infogérant',
            p50Seconds: 7200,
            p90Seconds: 14_400,
            asset: '@tms-data',
            after: [{ key: 'serveur' }],
          },
        ],
        callTree: null,
        handouts: [],
      },
    ],
  },
];
