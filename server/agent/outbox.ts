/** What the service must still hear: how orders ended. It stays on disk until the service has said that it knows. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Outcome } from '#/jobs/agents/protocol.ts';
import { readJson, writeJson } from './files.ts';

export interface Letter {
  order: string;
  outcome: Outcome;
}

export type Outbox = Awaited<ReturnType<typeof openOutbox>>;

export async function openOutbox(folder: string) {
  const place = join(folder, 'outbox');
  await mkdir(place, { recursive: true, mode: 0o700 });
  const fileOf = (order: string) => join(place, `${order}.json`);

  return {
    put: ({ order, outcome }: Letter): Promise<void> => writeJson(fileOf(order), outcome),

    remove: (order: string): Promise<void> => rm(fileOf(order), { force: true }),

    /** What waits, also from before a restart. A file that was cut off says nothing, and is left for people to see. */
    async list(): Promise<Letter[]> {
      const names = (await readdir(place)).filter((name) => name.endsWith('.json'));
      const letters = await Promise.all(
        names.map(async (name) => ({
          order: name.slice(0, -'.json'.length),
          outcome: Outcome.safeParse(await readJson(join(place, name)).catch(() => null)).data,
        })),
      );
      return letters.filter((letter): letter is Letter => letter.outcome !== undefined);
    },
  };
}
