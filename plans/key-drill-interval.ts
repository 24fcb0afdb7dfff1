/** How long what a drill showed of a key counts, by client. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import type { Work } from './work.ts';

export const KeyDrillInterval = z.object({ days: z.coerce.number().int().min(1).max(3650) });

/** How long what a drill showed of a key counts. */
export async function changeKeyDrillInterval(
  work: Work,
  client: string,
  { days }: z.infer<typeof KeyDrillInterval>,
) {
  allow(work, 'client.change');
  const before = await findKeyDrillInterval(work, client);
  if (before.days === days) return before;
  await work.db
    .updateTable('clients')
    .set({ key_drill_days: days })
    .where('client_id', '=', client)
    .execute();
  await record(
    work,
    'key-drill.interval-changed',
    { kind: 'client', id: client, client },
    { before: before.days, after: days },
  );
  return { days };
}

export async function findKeyDrillInterval(work: Work, client: string) {
  await findClient(work, client);
  const { key_drill_days: days } = await work.db
    .selectFrom('clients')
    .select('key_drill_days')
    .where('client_id', '=', client)
    .executeTakeFirstOrThrow();
  return { days };
}
