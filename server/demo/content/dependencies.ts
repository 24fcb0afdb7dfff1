/** What needs what at the demo's client, each line with its reason to be. */
import type { DependencyKind } from '#/plans/facts.ts';
import type { ActivityRef } from './activities.ts';
import type { AssetRef } from './assets.ts';

interface Needs {
  from: ActivityRef | AssetRef;
  to: AssetRef;
  kind: DependencyKind;
}

export const DEPENDENCIES: Needs[] = [
  { from: 'orders', to: 'erp', kind: 'hard' },
  { from: 'orders', to: 'mail', kind: 'hard' },
  { from: 'orders', to: 'workstations', kind: 'soft' },
  { from: 'orders', to: 'sales-team', kind: 'human' },
  // Orders can be taken from home, so the office does not hold them up.
  { from: 'orders', to: 'hq', kind: 'soft' },

  { from: 'shipping', to: 'erp', kind: 'hard' },
  { from: 'shipping', to: 'warehouse', kind: 'hard' },
  { from: 'shipping', to: 'carrier', kind: 'hard' },
  { from: 'shipping', to: 'operations-team', kind: 'human' },

  { from: 'assembly', to: 'erp', kind: 'hard' },
  { from: 'assembly', to: 'documents', kind: 'data' },
  { from: 'assembly', to: 'presses', kind: 'hard' },
  { from: 'assembly', to: 'hq', kind: 'hard' },
  { from: 'assembly', to: 'operations-team', kind: 'human' },

  // What is owed is read from the restored database itself, with the provider's help, before the ERP is back.
  { from: 'billing', to: 'erp-data', kind: 'data' },
  { from: 'billing', to: 'documents', kind: 'data' },
  { from: 'billing', to: 'erp', kind: 'soft' },
  { from: 'billing', to: 'finance-team', kind: 'human' },
  { from: 'billing', to: 'hq', kind: 'soft' },
  { from: 'billing', to: 'provider', kind: 'soft' },

  { from: 'certificates', to: 'documents', kind: 'data' },
  { from: 'certificates', to: 'file-server', kind: 'soft' },
  { from: 'certificates', to: 'operations-team', kind: 'human' },

  { from: 'quotes', to: 'mail', kind: 'hard' },
  { from: 'quotes', to: 'file-server', kind: 'hard' },
  { from: 'quotes', to: 'sales-team', kind: 'human' },

  { from: 'payroll', to: 'documents', kind: 'data' },
  { from: 'payroll', to: 'workstations', kind: 'hard' },
  { from: 'payroll', to: 'finance-team', kind: 'human' },

  { from: 'erp', to: 'erp-data', kind: 'data' },
  { from: 'erp', to: 'hypervisor', kind: 'hard' },
  { from: 'erp', to: 'directory', kind: 'start-order' },
  { from: 'erp', to: 'erp-editor', kind: 'soft' },
  { from: 'file-server', to: 'documents', kind: 'data' },
  { from: 'file-server', to: 'hypervisor', kind: 'hard' },
  { from: 'file-server', to: 'directory', kind: 'start-order' },
  { from: 'directory', to: 'hypervisor', kind: 'hard' },
  { from: 'hypervisor', to: 'network', kind: 'hard' },
  { from: 'hypervisor', to: 'vault', kind: 'hard' },
  { from: 'hypervisor', to: 'hq', kind: 'soft' },
  { from: 'network', to: 'operator', kind: 'hard' },
  { from: 'network', to: 'vault', kind: 'hard' },
  { from: 'workstations', to: 'directory', kind: 'hard' },
  { from: 'mail', to: 'network', kind: 'soft' },
  { from: 'erp-data', to: 'backup-key', kind: 'hard' },
  { from: 'documents', to: 'backup-key', kind: 'hard' },
  { from: 'hypervisor', to: 'it-team', kind: 'human' },
  { from: 'backup-key', to: 'it-team', kind: 'human' },
  { from: 'it-team', to: 'binder', kind: 'soft' },
  { from: 'it-team', to: 'provider', kind: 'soft' },
];
