import { notFound } from '../errors.ts';
import type { Work } from '../work.ts';

/** The IANA zone by whose walls a client's times are told. */
export async function zoneOf({ db }: Pick<Work, 'db'>, client: string): Promise<string> {
  const row = await db
    .selectFrom('clients')
    .select('time_zone')
    .where('client_id', '=', client)
    .executeTakeFirst();
  if (!row) throw notFound('client');
  return row.time_zone;
}
