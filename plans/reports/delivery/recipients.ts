/** Whom a report is sent to: people who sign in here, or contacts of the client; by a link or with the file itself. */
import { z } from 'zod';
import { findReach, mayBeTold, type Reach } from '../../alerts/recipients.ts';
import type { Work } from '../../work.ts';

/** By a link, they sign in as usual and the download is on record; the file itself leaves the service with the mail. */
export const WAYS = ['link', 'file'] as const;

export const ReportRecipient = z.object({
  to: z
    .string()
    .regex(/^(person|contact):[0-9a-f-]{36}$/, { error: 'report-recipient.nobody' })
    .describe('`person:…` or `contact:…`'),
  way: z
    .preprocess((value) => value || undefined, z.enum(WAYS).default('link'))
    .describe('`link`: they sign in and download it; `file`: it is attached'),
});
export type ReportRecipient = z.infer<typeof ReportRecipient>;

export type Trouble = `report-recipient.${'gone' | 'no-mail' | 'no-sight' | 'no-sign-in'}`;

export type Reached = Omit<Reach, 'mail'> & { mail: string };

/** How they are reached now, or what stands in the way. */
export async function reachRecipient(
  work: Work,
  client: string,
  { to, way }: ReportRecipient,
): Promise<Reached | Trouble> {
  const reach = await findReach(work, to);
  if (!reach || reach.trouble === 'left' || (reach.client !== null && reach.client !== client))
    return 'report-recipient.gone';
  if (reach.mail === null) return 'report-recipient.no-mail';
  if (!mayBeTold(reach, client)) return 'report-recipient.no-sight';
  if (way === 'link' && !(await signsIn(work, to))) return 'report-recipient.no-sign-in';
  return { ...reach, mail: reach.mail };
}

async function signsIn({ db }: Work, to: string): Promise<boolean> {
  const [kind, id = ''] = to.split(':');
  if (kind === 'person') return true;
  const contact = await db.selectFrom('contacts').select('person_id').where('id', '=', id).executeTakeFirst();
  return contact != null && contact.person_id !== null;
}
