/** Looks for conditions: in the rows of all clients every minute, in a client's facts whenever its standing is computed. */
import { sql } from 'kysely';
import type { ClientFacts } from '../facts.ts';
import { closedClients } from '../open-clients.ts';
import type { Work } from '../work.ts';
import { conditionsOf, FACT_RULES } from './rules/index.ts';
import type { RecordRule } from './rules/rule.ts';
import { settleAlerts } from './settle.ts';

const EVERY_SECONDS = 60;

/** Asks for a look when the last one is a minute old. Two clocks that ask at once ask once. */
export async function queueDueWatch(work: Work): Promise<void> {
  const { rows } = await sql`
    insert into alert_watches (watched_at) values (${work.now})
    on conflict (provider_id) do update set watched_at = excluded.watched_at
      where alert_watches.watched_at <= excluded.watched_at - make_interval(secs => ${EVERY_SECONDS})
    returning provider_id`.execute(work.db);
  if (rows.length > 0) await work.enqueue('watch-alerts', {});
}

/** What one rule finds in the rows of all clients becomes alerts. */
export async function watchRecords(work: Work, { name, find }: RecordRule): Promise<void> {
  const closed = await closedClients(work);
  const found = (await find(work)).filter(({ client }) => !closed.has(client));
  await settleAlerts(
    work,
    { client: null, rules: [name] },
    found.map((one) => ({ ...one, rule: name })),
  );
}

/** What a client's facts say becomes alerts. */
export const watchFacts = (work: Work, facts: ClientFacts): Promise<void> =>
  settleAlerts(
    work,
    { client: facts.client.id, rules: FACT_RULES.map(({ name }) => name) },
    conditionsOf(facts),
  );
