/** All that is held of a contact, for whoever asks for it: GDPR art. 15 and 20. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { listContactUses } from '../contact-uses.ts';
import { Contact, findContact } from '../contacts.ts';
import type { Work } from '../work.ts';

const Moment = z.iso.datetime();

export const ContactFile = z
  .object({
    at: Moment,
    contact: Contact,
    uses: z.array(z.object({ as: z.string(), name: z.string() })).describe('What counts on them'),
    reachTests: z.array(
      z.object({
        at: Moment,
        method: z.string(),
        isReached: z.boolean(),
        answerSeconds: z.int().nullable(),
        note: z.string().nullable(),
        recordedBy: z.string(),
      }),
    ),
    receipts: z.array(
      z.object({ name: z.string(), channel: z.string(), sentAt: Moment, readAt: Moment.nullable() }),
    ),
    messages: z.array(z.object({ at: Moment, state: z.string() })).describe('Alerts that were sent to them'),
    trail: z.array(z.object({ at: Moment, action: z.string(), by: z.string() })),
  })
  .meta({ id: 'ContactFile' });
export type ContactFile = z.infer<typeof ContactFile>;

/** The trail says that it was handed out, and to whom of ours. */
export async function exportContact(work: Work, id: string): Promise<ContactFile> {
  allow(work, 'personal-data.handle');
  const contact = await findContact(work, id);
  const file = {
    at: work.now.toISOString(),
    contact,
    uses: (await listContactUses(work, id)).map(({ as, name }) => ({ as, name })),
    reachTests: await reachTests(work, id),
    receipts: await receipts(work, id),
    messages: await messages(work, id),
    trail: await trail(work, id),
  };
  await record(work, 'personal-data.exported', { kind: 'contact', id, client: contact.client });
  return file;
}

async function reachTests({ db }: Work, contact: string): Promise<ContactFile['reachTests']> {
  const rows = await db
    .selectFrom('contact_tests')
    .select(['at', 'method', 'is_reached', 'answer_seconds', 'note', 'recorded_by'])
    .where('contact_id', '=', contact)
    .orderBy('at', 'desc')
    .limit(10_000)
    .execute();
  return rows.map((row) => ({
    at: row.at.toISOString(),
    method: row.method,
    isReached: row.is_reached,
    answerSeconds: row.answer_seconds,
    note: row.note,
    recordedBy: row.recorded_by,
  }));
}

async function receipts({ db }: Work, contact: string): Promise<ContactFile['receipts']> {
  const rows = await db
    .selectFrom('distributions')
    .select(['name', 'channel', 'sent_at', 'read_at'])
    .where('contact_id', '=', contact)
    .orderBy('sent_at', 'desc')
    .limit(10_000)
    .execute();
  return rows.map((row) => ({
    name: row.name,
    channel: row.channel,
    sentAt: row.sent_at.toISOString(),
    readAt: row.read_at?.toISOString() ?? null,
  }));
}

async function messages({ db }: Work, contact: string): Promise<ContactFile['messages']> {
  const rows = await db
    .selectFrom('alert_deliveries')
    .select(['created_at', 'state'])
    .where('recipient', '=', `contact:${contact}`)
    .orderBy('created_at', 'desc')
    .limit(10_000)
    .execute();
  return rows.map(({ created_at, state }) => ({ at: created_at.toISOString(), state }));
}

async function trail({ db }: Work, contact: string): Promise<ContactFile['trail']> {
  const rows = await db
    .selectFrom('audit_events')
    .select(['at', 'action', 'actor'])
    .where('object_kind', '=', 'contact')
    .where('object_id', '=', contact)
    .orderBy('at', 'desc')
    .limit(10_000)
    .execute();
  return rows.map(({ at, action, actor }) => ({ at: at.toISOString(), action, by: actor }));
}
