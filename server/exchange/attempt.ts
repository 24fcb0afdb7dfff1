import { sql } from 'kysely';
import { z } from 'zod';
import { Refusal } from '#/plans/errors.ts';
import type { Work } from '#/plans/work.ts';

/** False when the rules refuse it: then nothing of it stays. All else is a bug, and flies. */
export async function attempt({ db }: Work, run: () => Promise<void>): Promise<boolean> {
  await sql`savepoint attempt`.execute(db);
  try {
    await run();
    await sql`release savepoint attempt`.execute(db);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof z.ZodError)) throw error;
    await sql`rollback to savepoint attempt`.execute(db);
    await sql`release savepoint attempt`.execute(db);
    return false;
  }
}
