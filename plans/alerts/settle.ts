/** Alerts follow from conditions: what is found opens one, what is found no more ends it, and each change waits to be told. */
import { canonical } from '../canonical.ts';
import type { Work } from '../work.ts';
import { ALERT_RULES, type AlertRule, type Condition, isWorse } from './condition.ts';
import { noteEvent } from './events.ts';
import { MOST_SUBJECTS } from './rules/rule.ts';

/** Of whom, and by which rules, the conditions are all there are. Without a client: of all. */
interface Looked {
  client: string | null;
  rules: readonly AlertRule[];
}

/**
 * Makes alerts what the conditions say, for the rules that looked. Two who settle at once open an alert once: the row that is
 * there already, or that somebody else has just changed, is not changed again.
 */
export async function settleAlerts(work: Work, looked: Looked, conditions: Condition[]): Promise<void> {
  const standing = new Map((await standingAlerts(work, looked)).map((row) => [keyOf(row), row]));
  const found = new Map(
    conditions.map((one) => [keyOf({ client_id: one.client, rule: one.rule, key: one.key }), one]),
  );
  for (const [key, condition] of found) {
    const row = standing.get(key);
    if (row) await goOn(work, row, condition);
    else if (!(await open(work, condition))) await reopen(work, condition);
  }
  for (const [key, row] of standing) if (!found.has(key)) await resolve(work, row);
}

/** Ends all that stand open of a client: nobody looks after it any more. */
export const endAlertsOf = (work: Work, client: string): Promise<void> =>
  settleAlerts(work, { client, rules: ALERT_RULES }, []);

type Row = Awaited<ReturnType<typeof standingAlerts>>[number];

const keyOf = ({ client_id, rule, key }: { client_id: string; rule: string; key: string }) =>
  JSON.stringify([client_id, rule, key]);

/** Kept from others until this one is done. */
function standingAlerts({ db }: Work, { client, rules }: Looked) {
  let query = db
    .selectFrom('alerts')
    .select(['client_id', 'id', 'rule', 'key', 'severity', 'reason', 'subjects', 'opening'])
    .select(['subject_count', 'last_seen_at'])
    .where('rule', 'in', [...rules])
    .where('resolved_at', 'is', null);
  if (client !== null) query = query.where('client_id', '=', client);
  return query.orderBy('id').limit(100_000).forUpdate().execute();
}

/** False when it is there already, from the last time or by somebody who was faster. */
async function open(work: Work, condition: Condition): Promise<boolean> {
  const { client, rule, key, since } = condition;
  const made = await work.db
    .insertInto('alerts')
    .values({
      client_id: client,
      rule,
      key,
      since,
      opened_at: work.now,
      last_seen_at: work.now,
      ...columns(condition),
    })
    .onConflict((row) => row.columns(['provider_id', 'client_id', 'rule', 'key']).doNothing())
    .returning(['id', 'opening'])
    .executeTakeFirst();
  if (made) await noteEvent(work, { client, alert: made.id, opening: made.opening, kind: 'opened' });
  return made !== undefined;
}

async function reopen(work: Work, condition: Condition): Promise<void> {
  const { client, rule, key, since } = condition;
  const again = await work.db
    .updateTable('alerts')
    .set(({ eb }) => ({
      opening: eb('opening', '+', 1),
      since,
      opened_at: work.now,
      last_seen_at: work.now,
      resolved_at: null,
      ...NOT_ACKNOWLEDGED,
      ...columns(condition),
    }))
    .where('client_id', '=', client)
    .where('rule', '=', rule)
    .where('key', '=', key)
    .where('resolved_at', 'is not', null)
    .returning(['id', 'opening'])
    .executeTakeFirst();
  if (again) await noteEvent(work, { client, alert: again.id, opening: again.opening, kind: 'reopened' });
}

/** What got worse is told again, and whoever took note of the lesser trouble has not taken note of this one. */
async function goOn(work: Work, row: Row, condition: Condition): Promise<void> {
  const gotWorse = isWorse(condition.severity, row.severity);
  if (!gotWorse && isAsKnown(work, row, condition)) return;
  await work.db
    .updateTable('alerts')
    .set({
      last_seen_at: work.now,
      ...columns(condition),
      ...(gotWorse ? { since: condition.since, ...NOT_ACKNOWLEDGED } : {}),
    })
    .where('id', '=', row.id)
    .execute();
  if (gotWorse)
    await noteEvent(work, { client: row.client_id, alert: row.id, opening: row.opening, kind: 'worsened' });
}

async function resolve(work: Work, { client_id: client, id, opening }: Row): Promise<void> {
  await work.db.updateTable('alerts').set({ resolved_at: work.now }).where('id', '=', id).execute();
  await noteEvent(work, { client, alert: id, opening, kind: 'resolved' });
}

export const NOT_ACKNOWLEDGED = {
  acknowledged_at: null,
  acknowledged_by: null,
  acknowledged_until: null,
  acknowledged_note: null,
};

/** That it was seen again is written down by the quarter of an hour, and not each time. */
const SEEN_AGAIN_MS = 15 * 60_000;

const isAsKnown = ({ now }: Work, row: Row, { severity, reason, subjects }: Condition): boolean =>
  now.getTime() - row.last_seen_at.getTime() < SEEN_AGAIN_MS &&
  row.severity === severity &&
  row.subject_count === subjects.length &&
  canonical(row.reason as object) === canonical(reason) &&
  canonical(row.subjects as object) === canonical(subjects.slice(0, MOST_SUBJECTS));

const columns = ({ severity, reason, because, subjects }: Condition) => ({
  severity,
  reason: JSON.stringify(reason),
  because: because && JSON.stringify(because),
  subjects: JSON.stringify(subjects.slice(0, MOST_SUBJECTS)),
  subject_count: subjects.length,
});
