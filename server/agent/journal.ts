/** Which attempts at orders were begun here: an order that comes a second time, by whatever way, is not begun a second time. */
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from './files.ts';

const MOST = 2000;
const Begun = z.array(z.tuple([z.uuid(), z.int()]));

export type Journal = Awaited<ReturnType<typeof openJournal>>;

export async function openJournal(folder: string) {
  const file = join(folder, 'journal.json');
  const begun = new Map(Begun.parse((await readJson(file)) ?? []));
  let written = Promise.resolve();

  return {
    /** False when this attempt or a later one was begun before. */
    async note(order: string, attempt: number): Promise<boolean> {
      if ((begun.get(order) ?? 0) >= attempt) return false;
      begun.delete(order);
      begun.set(order, attempt);
      // One after the other: of two at once the older list could come last.
      written = written.then(() => writeJson(file, [...begun].slice(-MOST)));
      await written;
      return true;
    },
  };
}
