/** What the rules find over all clients: the gravest of each, and what is found at most of them. */
import { sql } from 'kysely';
import type { Reason } from '../../facts.ts';
import type { Severity } from '../../rules/rule.ts';
import type { Work } from '../../work.ts';
import type { FirstThing, PortfolioSnapshot } from './snapshot.ts';

const MOST_FIRST = 20;
const MOST_RECURRING = 10;

/** One for each client, the clients at the lowest level first; what matters to nobody yet is left out. */
export async function firstThings({ db }: Work): Promise<FirstThing[]> {
  const { rows } = await sql<FirstRow>`
    with gravest as (
      select distinct on (client_id) client_id, severity, rule, params, since,
        count(*) over (partition by client_id) - 1 as others
      from rule_findings
      where ended_at is null and severity <> 'info'
      order by client_id, array_position(array['contradiction', 'warning'], severity), since, rule, object_id
    )
    select client.name as client, standing.level, gravest.severity, gravest.rule, gravest.params, gravest.since,
      gravest.others
    from gravest
    join clients as client on client.client_id = gravest.client_id
    join client_standings as standing on standing.client_id = gravest.client_id
    where standing.level is not null
    order by array_position(array['contradiction', 'warning'], gravest.severity), standing.level,
      standing.contradictions desc, client.name
    limit ${MOST_FIRST}`.execute(db);
  return rows.map(({ client, level, severity, rule, params, since, others }) => ({
    client,
    level,
    object: params.name,
    severity,
    reason: { key: rule, params: params.reason },
    remedy: params.remedy,
    since: since.toISOString(),
    others: Number(others),
  }));
}

interface FirstRow {
  client: string;
  level: number;
  severity: Severity;
  rule: string;
  params: { name: string; reason: Reason['params']; remedy: Reason };
  since: Date;
  others: number | string;
}

export async function recurringFindings({ db }: Work): Promise<PortfolioSnapshot['recurring']> {
  const { rows } = await sql<{ rule: string; clients: string; findings: string; contradictions: string }>`
    select params ->> 'rule' as rule, count(distinct client_id) as clients, count(*) as findings,
      count(*) filter (where severity = 'contradiction') as contradictions
    from rule_findings
    where ended_at is null and severity <> 'info'
    group by 1
    order by 2 desc, 4 desc, 1
    limit ${MOST_RECURRING}`.execute(db);
  return rows.map(({ rule, clients, findings, contradictions }) => ({
    rule,
    clients: Number(clients),
    findings: Number(findings),
    contradictions: Number(contradictions),
  }));
}
