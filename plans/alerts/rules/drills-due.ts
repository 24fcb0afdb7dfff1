/** Drills that wait for people: those of scenarios to be begun, and holders who were asked to show their key. */
import { sql } from 'kysely';
import { findingOfRow } from '../../findings.ts';
import type { Found, RecordRule } from './rule.ts';

type Ruled = Found & { client: string };

/** Called for, and begun by nobody yet; pressing once it should have been. */
export const drillDue: RecordRule = {
  name: 'drill-due',
  async find({ db, now }) {
    const rows = await db
      .selectFrom('drill_calls as call')
      .innerJoin('scheduled_drills as scheduled', (join) =>
        join
          .onRef('scheduled.client_id', '=', 'call.client_id')
          .onRef('scheduled.id', '=', 'call.scheduled_drill_id'),
      )
      .innerJoin('risk_scenarios as scenario', (join) =>
        join
          .onRef('scenario.client_id', '=', 'scheduled.client_id')
          .onRef('scenario.id', '=', 'scheduled.scenario_id'),
      )
      .selectAll('call')
      .select(['scenario.name'])
      .where('call.drill_id', 'is', null)
      .orderBy('call.called_at')
      .limit(100_000)
      .execute();
    return rows.map((row): Ruled => {
      const isOverdue = row.begin_by <= now;
      return {
        client: row.client_id,
        key: row.id,
        severity: isOverdue ? 'warning' : 'notice',
        since: isOverdue ? row.begin_by : row.called_at,
        reason: {
          key: isOverdue ? 'alert.drill-overdue' : 'alert.drill-due',
          params: { scenario: row.name, beginByAt: row.begin_by.toISOString() },
        },
        because: findingOfRow(row),
        subjects: [{ kind: 'scheduled-drill', id: row.scheduled_drill_id, name: row.name }],
      };
    });
  },
};

interface Asked {
  client_id: string;
  id: string;
  contact: string;
  name: string;
  fingerprint: string;
  asked_at: Date;
  answer_until: Date;
  state: string;
}

/** The last drill of a holder is open, or came to nothing and none was passed since. */
export const keyDrillWaiting: RecordRule = {
  name: 'key-drill-waiting',
  async find({ db, now }) {
    const { rows } = await sql<Asked>`
      select drill.client_id, drill.id, contact.id as contact, contact.name, key.fingerprint, drill.asked_at, drill.answer_until,
        drill.state::text as state
      from key_holders as holder
      join contacts as contact on contact.client_id = holder.client_id and contact.id = holder.contact_id
      join client_keys as key on key.client_id = holder.client_id and key.id = holder.key_id
      join lateral (
        select * from key_drills as one
        where one.client_id = holder.client_id and one.holder_id = holder.id and one.asked_at <= ${now}
        order by one.asked_at desc limit 1) as drill on drill.state in ('open', 'expired', 'failed')
      where holder.ended_at is null
      order by drill.asked_at
      limit 100000`.execute(db);
    return rows.map((row): Ruled => {
      const isOpen = row.state === 'open' && row.answer_until > now;
      return {
        client: row.client_id,
        key: row.id,
        severity: isOpen ? 'notice' : 'warning',
        since: isOpen ? row.asked_at : row.answer_until < now ? row.answer_until : row.asked_at,
        reason: {
          key: isOpen ? 'alert.key-drill-waiting' : 'alert.key-not-shown',
          params: {
            contact: row.name,
            fingerprint: row.fingerprint,
            answerUntilAt: row.answer_until.toISOString(),
          },
        },
        because: null,
        subjects: [
          { kind: 'key-drill', id: row.id, name: row.name },
          { kind: 'contact', id: row.contact, name: row.name },
        ],
      };
    });
  },
};
