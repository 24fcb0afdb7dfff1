/** What needs what at the demo's client, each line with its reason to be. */
import type { DependencyKind } from '#/plans/facts.ts';
import type { Inventory } from '../demo-client.ts';

type Needs = Inventory['dependencies'][number];

const of =
  (from: 'activity' | 'asset', defaults: Partial<Needs>) =>
  (ref: string, kind: DependencyKind, ...to: string[]): Needs[] =>
    to.map((one) => ({ ...defaults, from: { kind: from, id: `@${ref}` }, to: `@${one}`, kind }));

const activity = of('activity', { confidence: 'told' });
const asset = of('asset', { confidence: 'observed' });

/** Needs that stand in for each other: so many of them are enough. */
const group = (name: string, requiredK: number, needs: Needs[]): Needs[] =>
  needs.map((one) => ({ ...one, group: name, requiredK }));

/** Work goes on without it, so much of it. */
const softly = (degradationPercent: number, note: string, needs: Needs[]): Needs[] =>
  needs.map((one) => ({ ...one, degradationPercent, note }));

const noted = (note: string, needs: Needs[]): Needs[] => needs.map((one) => ({ ...one, note }));

export const DEPENDENCIES: Needs[] = [
  ...activity('orders', 'hard', 'erp'),
  ...group('Canal de commande', 1, activity('orders', 'hard', 'telephony', 'mail')),
  ...activity('orders', 'human', 'sales-team'),
  ...activity('orders', 'soft', 'workstations', 'monitoring'),
  ...softly(10, 'Les commandes se prennent aussi de chez soi.', activity('orders', 'soft', 'hq')),

  ...activity('shipping', 'hard', 'erp', 'site-link', 'warehouse', 'carrier', 'forklifts'),
  ...softly(50, 'Préparation sur papier, moitié moins vite.', activity('shipping', 'soft', 'scanners')),
  ...activity('shipping', 'soft', 'generator'),
  ...activity('shipping', 'human', 'logistics-team'),

  ...activity('assembly', 'hard', 'erp', 'hq'),
  ...group(
    'Lignes de sertissage',
    2,
    activity('assembly', 'hard', 'press-line-1', 'press-line-2', 'press-line-3'),
  ),
  ...softly(
    40,
    'Sans les plans, seuls les flexibles standard se fabriquent.',
    activity('assembly', 'soft', 'documents'),
  ),
  ...activity('assembly', 'soft', 'printed-ranges'),
  ...activity('assembly', 'human', 'workshop-team', 'press-setter', 'crimping-skill'),

  ...activity('testing', 'hard', 'test-bench', 'hq'),
  ...activity('testing', 'data', 'documents'),
  ...activity('testing', 'human', 'workshop-team'),

  ...activity('field', 'hard', 'telephony', 'vans'),
  ...activity('field', 'data', 'erp-data'),
  ...activity('field', 'soft', 'branch', 'erp'),
  ...activity('field', 'human', 'field-team', 'crimping-skill'),

  // What is owed is read from the restored database itself, with the provider's help, before the ERP is back.
  ...activity('billing', 'data', 'erp-data'),
  ...activity('billing', 'soft', 'erp', 'hq', 'provider', 'bank-portal'),
  ...activity('billing', 'human', 'finance-team'),

  ...activity('treasury', 'hard', 'bank-portal', 'bank-tokens'),
  ...activity('treasury', 'data', 'erp-data'),
  ...activity('treasury', 'human', 'finance-team'),
  ...activity('treasury', 'soft', 'hq'),

  ...activity('purchasing', 'hard', 'erp', 'mail'),
  ...activity('purchasing', 'human', 'logistics-team'),
  ...activity('purchasing', 'soft', 'warehouse'),

  ...activity('certificates', 'data', 'documents'),
  ...activity('certificates', 'soft', 'file-server', 'hq', 'mail'),
  ...activity('certificates', 'human', 'workshop-team'),

  ...activity('quotes', 'hard', 'mail', 'file-server'),
  ...activity('quotes', 'human', 'sales-team'),
  ...activity('quotes', 'soft', 'hq', 'provider'),

  ...activity('webshop-sales', 'hard', 'webshop', 'erp'),
  ...activity('webshop-sales', 'human', 'sales-team'),
  ...noted(
    'Prix et stocks y sont déposés chaque matin par un script que les deux administrateurs seuls savent reprendre.',
    activity('webshop-sales', 'human', 'it-team'),
  ),

  ...activity('design', 'hard', 'pdm', 'workstations'),
  ...activity('design', 'human', 'design-team'),
  ...activity('design', 'soft', 'hq'),

  ...activity('payroll', 'hard', 'payroll-saas', 'workstations'),
  ...activity('payroll', 'data', 'documents'),
  ...activity('payroll', 'human', 'finance-team'),
  ...noted(
    'Les heures du pointage sortent par une extraction que seuls les deux administrateurs savent lancer.',
    activity('payroll', 'human', 'it-team'),
  ),
  ...activity('payroll', 'soft', 'hq', 'provider'),

  ...activity('maintenance', 'human', 'press-setter', 'workshop-team'),
  ...activity('maintenance', 'soft', 'hq', 'printed-ranges', 'press-line-1', 'press-line-2', 'press-line-3'),
  ...activity('maintenance', 'data', 'erp-data'),

  ...asset('erp', 'data', 'erp-data'),
  ...asset('erp', 'hard', 'erp-vm'),
  ...asset('erp', 'start-order', 'directory'),
  ...asset('erp', 'soft', 'erp-editor'),
  ...asset('erp-vm', 'hard', 'hypervisor'),
  ...asset('erp-vm', 'soft', 'media'),
  ...asset('erp-data', 'recovery', 'backup-key'),
  ...asset('documents', 'recovery', 'backup-key'),
  ...asset('file-server', 'data', 'documents'),
  ...asset('file-server', 'hard', 'hypervisor'),
  ...asset('file-server', 'start-order', 'directory'),
  ...group('Contrôleurs de domaine', 1, asset('directory', 'hard', 'dc1', 'dc2')),
  ...asset('dc1', 'hard', 'hypervisor'),
  ...asset('dc2', 'hard', 'hypervisor'),
  ...asset('hypervisor', 'hard', 'network', 'ups'),
  ...asset('hypervisor', 'recovery', 'vault'),
  ...asset('hypervisor', 'human', 'it-team', 'proxmox-skill'),
  ...asset('network', 'recovery', 'vault'),
  ...asset('network', 'hard', 'operator'),
  ...softly(
    70,
    'Vingt appareils au plus, pour le transporteur, la banque et l’infogérant.',
    asset('network', 'soft', 'router-4g'),
  ),
  ...asset('site-link', 'hard', 'network'),
  ...asset('telephony', 'soft', 'network'),
  ...asset('mail', 'soft', 'network'),
  ...asset('workstations', 'hard', 'directory'),
  ...asset('scanners', 'hard', 'site-link'),
  // Each needs the other to come back: the licences are kept in the vault that they open.
  ...asset('pdm', 'data', 'pdm-data'),
  ...asset('pdm', 'hard', 'licence-server'),
  ...asset('licence-server', 'recovery', 'pdm'),
  ...asset('it-team', 'soft', 'binder', 'provider'),
];
