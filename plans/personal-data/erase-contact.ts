/**
 * Takes out what is held of a contact: GDPR art. 17. What was approved, handed out or done stays as it was, since it has to be shown
 * later what applied and who acted (art. 17(3)(b) and (e)): frozen versions of plans, receipts, reports, and the trail.
 */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import type { Contact } from '../contacts.ts';
import { findContactForChange } from '../contacts.ts';
import { todayIn } from '../days.ts';
import { conflict } from '../errors.ts';
import { alsoWhileClosed } from '../open-clients.ts';
import { Line } from '../text.ts';
import type { Work } from '../work.ts';

export const Erasure = z.object({ reason: Line(500).describe('Who asked for it, and when') });
export type Erasure = z.infer<typeof Erasure>;

/** What stands in the place of a name, in any language. */
export const placeholderOf = (id: string): string => `#${id.slice(0, 8)}`;

export const isErased = ({ id, name }: Pick<Contact, 'id' | 'name'>): boolean => name === placeholderOf(id);

/** Who holds a role or a key still shows there as gone: rules and notices ask for somebody else. */
export async function eraseContact(work: Work, id: string, { reason }: Erasure): Promise<Contact> {
  allow(work, 'personal-data.handle');
  const contact = await findContactForChange(work, id);
  if (isErased(contact)) throw conflict('contact.erased-already');
  const { timeZone } = await findClient(work, contact.client);
  const name = placeholderOf(id);
  const today = todayIn(timeZone, work.now);
  await alsoWhileClosed(work, async () => {
    await work.db
      .updateTable('contacts')
      .set({
        name,
        employer: null,
        job_title: null,
        languages: [],
        person_id: null,
        left_on: contact.leftOn !== null && contact.leftOn < today ? contact.leftOn : today,
        changed_at: work.now,
      })
      .where('id', '=', id)
      .execute();
    await forgetReach(work, id, name);
  });
  await record(
    work,
    'personal-data.erased',
    { kind: 'contact', id, client: contact.client },
    { placeholder: name, reason },
  );
  return findContactForChange(work, id);
}

async function forgetReach({ db }: Work, contact: string, name: string) {
  await db.deleteFrom('contact_points').where('contact_id', '=', contact).execute();
  await db.updateTable('contact_tests').set({ note: null }).where('contact_id', '=', contact).execute();
  await db.deleteFrom('alert_recipients').where('contact_id', '=', contact).execute();
  await db
    .updateTable('alert_deliveries')
    .set({ name, answer: null })
    .where('recipient', '=', `contact:${contact}`)
    .execute();
  await db
    .updateTable('call_nodes')
    .set({ name })
    .where('contact_id', '=', contact)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('plan_versions as version')
          .select('version.id')
          .whereRef('version.client_id', '=', 'call_nodes.client_id')
          .whereRef('version.id', '=', 'call_nodes.plan_version_id')
          .where('version.state', '=', 'draft'),
      ),
    )
    .execute();
}
