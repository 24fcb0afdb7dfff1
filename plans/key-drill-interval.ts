/** How long what a drill showed of a key counts, by client, and whether the service asks for the next one by itself. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import type { Work } from './work.ts';

export const KeyDrillInterval = z.object({
  days: z.coerce.number().int().min(1).max(3650),
  askDays: z
    .preprocess((value) => (value === '' ? null : value), z.coerce.number().int().min(0).max(365).nullable())
    .default(14)
    .describe('The service asks each holder so many days before that; null: people ask'),
});

export type KeyDrillInterval = z.infer<typeof KeyDrillInterval>;

/** How long what a drill showed of a key counts. */
export async function changeKeyDrillInterval(
  work: Work,
  client: string,
  { days, askDays }: KeyDrillInterval,
) {
  allow(work, 'client.change');
  const before = await findKeyDrillInterval(work, client);
  if (before.days === days && before.askDays === askDays) return before;
  await work.db
    .updateTable('clients')
    .set({ key_drill_days: days, key_drill_ask_days: askDays })
    .where('client_id', '=', client)
    .execute();
  await record(
    work,
    'key-drill.interval-changed',
    { kind: 'client', id: client, client },
    { before, after: { days, askDays } },
  );
  return { days, askDays };
}

export async function findKeyDrillInterval(work: Work, client: string) {
  await findClient(work, client);
  const { key_drill_days: days, key_drill_ask_days: askDays } = await work.db
    .selectFrom('clients')
    .select(['key_drill_days', 'key_drill_ask_days'])
    .where('client_id', '=', client)
    .executeTakeFirstOrThrow();
  return { days, askDays };
}
