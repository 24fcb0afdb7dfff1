/** Who may approve a plan: where crisis roles say who may, whoever holds one of them; else everybody with the right. */
import { RIGHTS } from './access.ts';
import { findClient } from './clients.ts';
import { hasLeft } from './contacts.ts';
import { holdersOn, listCrisisRoles } from './crisis-roles.ts';
import { todayIn } from './days.ts';
import { Refusal } from './errors.ts';
import { listSignIns } from './people.ts';
import type { Work } from './work.ts';

export interface Approver {
  person: string;
  name: string;
  role: string;
}

/** Holders and deputies, today, of roles that may approve, who can sign in here and do it. None: nobody in particular was named. */
export async function listApprovers(work: Work, client: string): Promise<Approver[]> {
  const today = todayIn((await findClient(work, client)).timeZone, work.now);
  const held = (await listCrisisRoles(work, client))
    .filter(({ mayApprove }) => mayApprove)
    .flatMap((role) => holdersOn(role, today).map(({ contact }) => ({ contact, role: role.name })));
  if (held.length === 0) return [];
  const contacts = await work.db
    .selectFrom('contacts')
    .select(['id', 'name', 'person_id', 'left_on'])
    .where('id', 'in', [...new Set(held.map(({ contact }) => contact))])
    .execute();
  const able = await ableToApprove(work, client);
  return held.flatMap(({ contact, role }) =>
    contacts
      .filter(({ id, left_on }) => id === contact && !hasLeft({ leftOn: left_on }, work.now))
      .filter(({ person_id }) => person_id !== null && able.has(person_id))
      .map(({ name, person_id }) => ({ person: person_id!, name, role })),
  );
}

/** The crisis role that the actor approves as; null where no role says who may. Refuses everybody else. */
export async function approvingRole(work: Work, client: string): Promise<string | null> {
  const approvers = await listApprovers(work, client);
  if (approvers.length === 0) return null;
  const own = approvers.find(({ person }) => person === work.actor.id);
  if (own) return own.role;
  const names = [...new Set(approvers.map(({ name, role }) => `${name} (${role})`))].join(', ');
  throw new Refusal('forbidden', 'plan-version.not-an-approver', { names });
}

/** A role whose holder may only read names nobody: else nobody at all could approve. */
async function ableToApprove(work: Work, client: string): Promise<Set<string>> {
  const signIns = (await listSignIns(work, client)).map(({ id }) => id);
  if (signIns.length === 0) return new Set();
  const rows = await work.db
    .selectFrom('memberships')
    .select('person_id')
    .where('person_id', 'in', signIns)
    .where('role', 'in', RIGHTS['plan.approve'].roles)
    .execute();
  return new Set(rows.map(({ person_id }) => person_id));
}
