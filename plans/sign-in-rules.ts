/** What a provider asks of everybody's sign-in: a second factor of its staff, and how long sessions last. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import type { Role, Work } from './work.ts';

export const SignInRules = z
  .object({
    staffNeedsFactor: z.boolean().describe('Owners, consultants and technicians need a second factor'),
    graceDays: z.int().min(0).max(90).describe('Days from then on, or from joining, to set one up'),
    idleMinutes: z.int().min(5).max(1440).describe('A session ends when it was not used for so long'),
    sessionHours: z.int().min(1).max(720).describe('A session ends after so long in any case'),
  })
  .meta({ id: 'SignInRules' });
export type SignInRules = z.infer<typeof SignInRules>;

/** Where a provider has said nothing. */
const USUAL: SignInRulesRow = {
  staff_factor_since: null,
  grace_days: 14,
  idle_minutes: 12 * 60,
  session_hours: 7 * 24,
};

const STAFF: readonly Role[] = ['owner', 'consultant', 'technician'];
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The longest that any provider may let a session last. */
export const LONGEST_SESSION_MS = 30 * DAY_MS;

export interface SignInRulesRow {
  staff_factor_since: Date | null;
  grace_days: number;
  idle_minutes: number;
  session_hours: number;
}

export async function findSignInRules(work: Work): Promise<SignInRules> {
  allow(work, 'member.change');
  return present(await findRulesOf(work.db, work.provider));
}

/** The rules of a provider, as far as they are in sight. */
export async function findRulesOf(db: Work['db'], provider: string): Promise<SignInRulesRow> {
  const row = await db
    .selectFrom('sign_in_rules')
    .selectAll()
    .where('provider_id', '=', provider)
    .executeTakeFirst();
  return row ?? USUAL;
}

/** Whether a session was idle or open for longer than its provider lets it. */
export const isOver = (
  { seen_at, created_at }: { seen_at: Date; created_at: Date },
  { idle_minutes, session_hours }: SignInRulesRow,
  now: Date,
): boolean =>
  seen_at.getTime() + idle_minutes * MINUTE_MS <= now.getTime() ||
  created_at.getTime() + session_hours * 60 * MINUTE_MS <= now.getTime();

/** From the moment a second factor is asked for, the days of grace run; asking again does not begin them anew. */
export async function changeSignInRules(work: Work, rules: SignInRules): Promise<SignInRules> {
  allow(work, 'member.change');
  const known = await work.db
    .selectFrom('sign_in_rules')
    .select('staff_factor_since')
    .forUpdate()
    .executeTakeFirst();
  const row = {
    staff_factor_since: rules.staffNeedsFactor ? (known?.staff_factor_since ?? work.now) : null,
    grace_days: rules.graceDays,
    idle_minutes: rules.idleMinutes,
    session_hours: rules.sessionHours,
    changed_at: work.now,
  };
  await work.db
    .insertInto('sign_in_rules')
    .values(row)
    .onConflict((former) => former.column('provider_id').doUpdateSet(row))
    .execute();
  await record(work, 'sign-in-rules.changed', { kind: 'provider', id: work.provider, client: null }, rules);
  return rules;
}

/** Until when somebody may come in without a second factor; null: as long as they like. */
export function factorDue(
  rules: Pick<SignInRulesRow, 'staff_factor_since' | 'grace_days'>,
  { role, joined }: { role: Role; joined: Date },
): Date | null {
  if (!rules.staff_factor_since || !STAFF.includes(role)) return null;
  const since = Math.max(rules.staff_factor_since.getTime(), joined.getTime());
  return new Date(since + rules.grace_days * DAY_MS);
}

const present = (row: SignInRulesRow): SignInRules => ({
  staffNeedsFactor: row.staff_factor_since !== null,
  graceDays: row.grace_days,
  idleMinutes: row.idle_minutes,
  sessionHours: row.session_hours,
});
