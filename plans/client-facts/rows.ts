/** Rows of several clients, sorted out. */
import { sql } from 'kysely';
import type { Work } from '../work.ts';

/** Groups rows by client, each turned into its fact. */
export function byClient<Row extends { client_id: string }, Fact>(
  rows: Row[],
  fact: (row: Row) => Fact,
): Map<string, Fact[]> {
  const grouped = new Map<string, Fact[]>();
  for (const row of rows) {
    const facts = grouped.get(row.client_id);
    if (facts) facts.push(fact(row));
    else grouped.set(row.client_id, [fact(row)]);
  }
  return grouped;
}

/** The last year of events, points and tests is what every rule looks at; older ones are history. */
const LOOK_BACK_MS = 400 * 86_400_000;

export const since = ({ now }: Pick<Work, 'now'>) => new Date(now.getTime() - LOOK_BACK_MS);

/** The day it is where a client is: a day begins for its people when it begins there. `client` is the name of its row in the query. */
export const todayAt = (client: string, now: Date) =>
  sql<string>`(${now}::timestamptz at time zone ${sql.ref(`${client}.time_zone`)})::date`;

/** Whether somebody has left by that day; of a query in which the client's row is `client`. */
export const hasLeft = (leftOn: string, now: Date) =>
  sql<boolean>`coalesce(${sql.ref(leftOn)} <= ${todayAt('client', now)}, false)`;
