/** Who may do what: the one table of rights. Routes do not check rights; the domain does, so page, API and job agree. */
import { Refusal } from './errors.ts';
import type { Role, TokenScope, Work } from './work.ts';

const STAFF: readonly Role[] = ['owner', 'consultant', 'technician'];
const EVERYONE: readonly Role[] = [...STAFF, 'client-approver', 'client-reader', 'auditor'];

interface Right {
  roles: readonly Role[];
  scope: TokenScope;
}

const read = (roles: readonly Role[]): Right => ({ roles, scope: 'read' });
const write = (roles: readonly Role[]): Right => ({ roles, scope: 'write' });
const run = (roles: readonly Role[]): Right => ({ roles, scope: 'run' });

export const RIGHTS = {
  'client.read': read(EVERYONE),
  'client.change': write(['owner', 'consultant']),
  'closing.read': read([...STAFF, 'client-approver', 'auditor']),
  'closing.ask': write(['owner']),
  'closing.decide': write(['owner', 'consultant', 'client-approver']),
  'inventory.change': write(STAFF),
  'pool.read': read([...STAFF, 'auditor']),
  'pool.change': write(['owner', 'consultant']),
  'contention.read': read([...STAFF, 'auditor']),
  'activity.change': write(['owner', 'consultant']),
  'activity.approve': write(['owner', 'consultant', 'client-approver']),
  'continuity.change': write(['owner', 'consultant']),
  'life.change': write(STAFF),
  'log.write': write([...STAFF, 'client-approver']),
  'agreement.change': write(['owner', 'consultant']),
  'framework.change': write(['owner', 'consultant']),
  'clause.decide': write(['owner', 'consultant']),
  'declaration.add': write([...STAFF, 'client-approver']),
  'plan.change': write(['owner', 'consultant']),
  'plan.approve': write(['owner', 'consultant', 'client-approver']),
  'receipt.give': write([...STAFF, 'client-approver', 'client-reader']),
  'receipt.note': write(STAFF),
  'protection.read': read([...STAFF, 'auditor']),
  'protection.change': write(['owner', 'technician']),
  'hold.place': write(STAFF),
  'removal.read': read([...STAFF, 'client-approver', 'auditor']),
  'removal.decide': write([...STAFF, 'client-approver']),
  'key.change': write(['owner']),
  'backup.request': run(['owner', 'technician', 'consultant']),
  'restore-test.request': run(['owner', 'technician', 'consultant']),
  'key-drill.request': run(['owner', 'technician', 'consultant']),
  'key-drill.answer': write([...STAFF, 'client-approver']),
  'drill.request': run(['owner', 'technician']),
  'drill.confirm': write([...STAFF, 'client-approver']),
  'portfolio-report.read': read([...STAFF, 'auditor']),
  'portfolio-report.request': run(STAFF),
  'brand.read': read([...STAFF, 'auditor']),
  'brand.change': write(['owner']),
  'report.request': run(['owner', 'consultant', 'technician', 'client-approver']),
  'report.follow': read([...STAFF, 'auditor']),
  'report.release': write(['owner', 'consultant']),
  'alert.read': read(EVERYONE),
  'alert.acknowledge': write([...STAFF, 'client-approver']),
  'alert-route.read': read([...STAFF, 'auditor']),
  'alert-route.change': write(['owner', 'consultant']),
  'audit.read': read(['owner', 'auditor']),
  'installation.read': read(['owner']),
  'token.change': write(['owner']),
  'member.change': write(['owner']),
  'personal-data.handle': write(['owner', 'consultant']),
  'agent.change': write(['owner', 'technician']),
  'agent.work': { roles: [], scope: 'run' },
  'work.finish': { roles: [], scope: 'run' },
} as const satisfies Record<string, Right>;

export type Action = keyof typeof RIGHTS;

/** What the functions for agents take; no address leads an agent to any other. */
const OF_AGENTS: readonly Action[] = ['agent.work', 'work.finish', 'protection.read', 'client.read'];

/** Stops the work unless its actor may do this. The service itself may do everything. */
export function allow(work: Pick<Work, 'actor'>, action: Action): void {
  if (!may(work, action)) throw new Refusal('forbidden', 'forbidden.role', { role: work.actor.role });
}

/** Whether the actor may do this; for pages that leave out what one may not do. */
export function may({ actor }: Pick<Work, 'actor'>, action: Action): boolean {
  if (actor.role === 'service') return true;
  if (actor.role === 'agent') return OF_AGENTS.includes(action);
  const { roles, scope }: Right = RIGHTS[action];
  return roles.includes(actor.role) && actor.scopes.includes(scope);
}
