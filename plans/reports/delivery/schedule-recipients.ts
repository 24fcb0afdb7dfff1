/** Rows of whom a report schedule sends to. */
import type { Work } from '../../work.ts';
import type { ReportRecipient } from './recipients.ts';

export async function replaceRecipients(
  { db }: Work,
  { id, client }: { id: string; client: string },
  recipients: readonly ReportRecipient[],
): Promise<void> {
  await db.deleteFrom('report_recipients').where('schedule_id', '=', id).execute();
  if (recipients.length === 0) return;
  await db
    .insertInto('report_recipients')
    .values(
      recipients.map(({ to, way }, position) => {
        const [kind, who = null] = to.split(':');
        return {
          client_id: client,
          schedule_id: id,
          position,
          person_id: kind === 'person' ? who : null,
          contact_id: kind === 'contact' ? who : null,
          way,
        };
      }),
    )
    .execute();
}

/** In their order; whoever is gone is told by what they were chosen by. */
export async function readRecipients(
  { db }: Work,
  schedule: string,
): Promise<(ReportRecipient & { name: string })[]> {
  const rows = await db
    .selectFrom('report_recipients as recipient')
    .leftJoin('people as person', 'person.id', 'recipient.person_id')
    .leftJoin('contacts as contact', (join) =>
      join
        .onRef('contact.client_id', '=', 'recipient.client_id')
        .onRef('contact.id', '=', 'recipient.contact_id'),
    )
    .select(['recipient.person_id', 'recipient.contact_id', 'recipient.way'])
    .select(['person.name as person_name', 'contact.name as contact_name'])
    .where('recipient.schedule_id', '=', schedule)
    .orderBy('recipient.position')
    .execute();
  return rows.map((row) => {
    const to = row.person_id === null ? `contact:${row.contact_id}` : `person:${row.person_id}`;
    return { to, way: row.way as ReportRecipient['way'], name: row.person_name ?? row.contact_name ?? to };
  });
}
