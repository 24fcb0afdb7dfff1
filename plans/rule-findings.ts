/** What the rules find about clients: since when each finding stands, and when it went away. */
import { sql } from 'kysely';
import { z } from 'zod';
import { canonical } from './canonical.ts';
import { findClient } from './clients.ts';
import { RULES, type RuleFinding, SEVERITIES } from './rules/rule.ts';
import type { Work } from './work.ts';

const Words = z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });

export const StandingFinding = z
  .object({
    id: z.uuid(),
    rule: z.enum(RULES),
    object: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    severity: z.enum(SEVERITIES),
    reason: Words,
    remedy: Words,
    since: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'RuleFinding' });
export type StandingFinding = z.infer<typeof StandingFinding>;

/** Rows go in so many at a time: a statement takes so many values and no more. */
const AT_ONCE = 1000;
const MOST_LISTED = 2000;

/**
 * Writes down what the rules find now: what is new begins, what is found no more ends, and the rest goes on since its
 * beginning, with its figures as they are now. Findings follow from records that have rights and a trail of their own, as standings
 * do, so they ask for none and leave none.
 */
export async function syncFindings(
  work: Work,
  client: string,
  findings: readonly RuleFinding[],
): Promise<void> {
  const standing = await openRows(work, client);
  const known = new Map(standing.map((row) => [keyOf(row.rule, row.object_kind, row.object_id), row]));
  const wanted = new Map(findings.map((one) => [keyOf(one.reason.key, one.object.kind, one.object.id), one]));

  await end(
    work,
    [...known].filter(([key]) => !wanted.has(key)).map(([, { id }]) => id),
  );
  const changed = [...wanted].flatMap(([key, one]) => (isAsKnown(one, known.get(key)) ? [] : [one]));
  for (let from = 0; from < changed.length; from += AT_ONCE)
    await write(work, client, changed.slice(from, from + AT_ONCE));
}

interface Wanted {
  withEnded?: boolean;
  rule?: (typeof RULES)[number] | null;
  severity?: (typeof SEVERITIES)[number] | null;
  /** Only what began or ended after this moment. */
  changedSince?: Date | null;
  /** Id of the finding after which to go on. */
  after?: string | null;
  most?: number;
}

/** Contradictions first, then by how long they stand. Those that ended come when asked for. */
export async function listFindings(
  work: Work,
  client: string,
  {
    withEnded = false,
    rule = null,
    severity = null,
    changedSince = null,
    after = null,
    most = MOST_LISTED,
  }: Wanted = {},
): Promise<StandingFinding[]> {
  await findClient(work, client);
  let query = work.db.selectFrom('rule_findings').selectAll().where('client_id', '=', client);
  if (!withEnded) query = query.where('ended_at', 'is', null);
  if (rule) query = query.where(sql`params ->> 'rule'`, '=', rule);
  if (severity) query = query.where('severity', '=', severity);
  if (changedSince)
    query = query.where((row) =>
      row.or([row('since', '>', changedSince), row('ended_at', '>', changedSince)]),
    );
  if (after)
    query = query.where(
      sql<boolean>`(${RANK}, since, rule, object_id, id) >
        (select ${RANK}, since, rule, object_id, id from rule_findings where client_id = ${client} and id = ${after})`,
    );
  const rows = await query
    .orderBy(RANK)
    .orderBy('since')
    .orderBy('rule')
    .orderBy('object_id')
    .orderBy('id')
    .limit(most)
    .execute();
  return rows.map(present);
}

const RANK = sql<number>`array_position(array['contradiction', 'warning', 'info'], severity)`;

interface Row {
  id: string;
  rule: string;
  object_kind: string;
  object_id: string;
  severity: string;
  params: unknown;
  since: Date;
  ended_at: Date | null;
}

/** A rule finds one thing of a kind about an object, so the reason's key and the object are what a finding is. */
const keyOf = (reason: string, kind: string, id: string) => JSON.stringify([reason, kind, id]);

const told = ({ rule, object, reason, remedy }: RuleFinding) => ({
  rule,
  name: object.name,
  reason: reason.params,
  remedy,
});

const isAsKnown = (finding: RuleFinding, row: Row | undefined): boolean =>
  row !== undefined &&
  row.severity === finding.severity &&
  canonical(row.params as object) === canonical(told(finding));

/** Kept from others until this one is done. */
const openRows = ({ db }: Work, client: string): Promise<Row[]> =>
  db
    .selectFrom('rule_findings')
    .select(['id', 'rule', 'object_kind', 'object_id', 'severity', 'params', 'since', 'ended_at'])
    .where('client_id', '=', client)
    .where('ended_at', 'is', null)
    .orderBy('id')
    .limit(100_000)
    .forUpdate()
    .execute();

async function end({ db, now }: Work, ids: string[]) {
  if (ids.length === 0) return;
  await db.updateTable('rule_findings').set({ ended_at: now }).where('id', 'in', ids).execute();
}

/** Two who find the same at once write one row. */
async function write({ db, now }: Work, client: string, findings: RuleFinding[]) {
  await db
    .insertInto('rule_findings')
    .values(
      findings.map((finding) => ({
        client_id: client,
        rule: finding.reason.key,
        object_kind: finding.object.kind,
        object_id: finding.object.id,
        severity: finding.severity,
        params: JSON.stringify(told(finding)),
        since: now,
      })),
    )
    .onConflict((of) =>
      of
        .columns(['provider_id', 'client_id', 'rule', 'object_kind', 'object_id'])
        .where('ended_at', 'is', null)
        .doUpdateSet((row) => ({
          severity: row.ref('excluded.severity'),
          params: row.ref('excluded.params'),
        })),
    )
    .execute();
}

function present(row: Row): StandingFinding {
  const { rule, name, reason, remedy } = row.params as ReturnType<typeof told>;
  return {
    id: row.id,
    rule,
    object: { kind: row.object_kind, id: row.object_id, name },
    severity: row.severity as StandingFinding['severity'],
    reason: { key: row.rule, params: reason },
    remedy,
    since: row.since.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
