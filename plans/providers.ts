/** Providers: managed-service providers and consultancies. Each is an island. */
import { z } from 'zod';
import { record } from './audit.ts';
import { Line } from './text.ts';
import type { Work } from './work.ts';

export const NewProvider = z.object({
  name: Line(200),
  country: z.string().regex(/^[A-Z]{2}$/),
  locale: z.enum(['fr', 'en', 'nl']),
});
export type NewProvider = z.infer<typeof NewProvider>;

/** Founds the provider whose id the transaction states. Only the service itself does this. */
export async function foundProvider(work: Work, provider: NewProvider): Promise<void> {
  await work.db
    .insertInto('providers')
    .values({ id: work.provider, ...provider, created_at: work.now })
    .execute();
  await record(work, 'provider.founded', { kind: 'provider', id: work.provider, client: null }, provider);
}

/** What the provider calls itself. */
export async function providerName({ db, provider }: Work): Promise<string> {
  const { name } = await db
    .selectFrom('providers')
    .select('name')
    .where('id', '=', provider)
    .executeTakeFirstOrThrow();
  return name;
}
