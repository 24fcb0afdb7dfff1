/** Pages that show work live: one stream for each page, and one connection to the database for all streams of this process. */
import type { Express, Response } from 'express';
import { z } from 'zod';
import { findBackupRun } from '#/plans/backup-runs.ts';
import { findDrill } from '#/plans/drills/drills.ts';
import { findReconciliation } from '#/plans/reconciliations.ts';
import { findReport } from '#/plans/reports/reports.ts';
import { findRepositoryProof } from '#/plans/repositories/proofs.ts';
import { findRestoreTest } from '#/plans/restore-tests.ts';
import { findExpiry } from '#/plans/retention/expiries.ts';
import type { Work } from '#/plans/work.ts';
import type { Database } from '../database.ts';
import type { Mounting } from './route.ts';

/** Whoever signed out, or lost a right, hears no more after this. */
const ASK_AGAIN_MS = 10_000;

/** What can be watched, by what finds it for those who may read it. */
const FIND = {
  'backup-run': findBackupRun,
  'restore-test': findRestoreTest,
  report: findReport,
  reconciliation: findReconciliation,
  expiry: findExpiry,
  drill: findDrill,
  'repository-proof': findRepositoryProof,
} satisfies Record<string, (work: Work, id: string) => Promise<unknown>>;
const WATCHED = Object.keys(FIND) as (keyof typeof FIND)[];

const Watched = z.object({
  of: z
    .preprocess((given) => (typeof given === 'string' ? [given] : given), z.array(z.string()).min(1).max(50))
    .transform((all) => all.map((one) => one.split(':')))
    .pipe(z.array(z.tuple([z.enum(WATCHED), z.uuid()]))),
});
type Watched = z.infer<typeof Watched>['of'];

export interface Live extends AsyncDisposable {
  /** Calls `hear` whenever one of these runs gets further, until the answer is called. */
  watch(runs: readonly string[], hear: (run: string) => void): () => void;
}

export function openLive({ listen }: Pick<Database, 'listen'>): Live {
  const heard = new Map<string, Set<(run: string) => void>>();
  let line: AsyncDisposable | null = null;
  return {
    watch(runs, hear) {
      // Nobody listens where nobody looks.
      line ??= listen('run_moved', (run) => {
        for (const one of heard.get(run) ?? []) one(run);
      });
      for (const run of runs) heard.set(run, (heard.get(run) ?? new Set()).add(hear));
      return () => {
        for (const run of runs) {
          heard.get(run)?.delete(hear);
          if (heard.get(run)?.size === 0) heard.delete(run);
        }
      };
    },
    [Symbol.asyncDispose]: async () => {
      await line?.[Symbol.asyncDispose]();
    },
  };
}

export function mountLive(app: Express, live: Live, begin: Mounting['begin']) {
  app.get('/live', async (request, response) => {
    const { of } = Watched.parse(request.query);
    const ask = () => begin(request, (work) => refuseUnseen(work, of));
    await ask();
    response.set({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(': open\n\n');
    const stop = live.watch(
      of.map(([, id]) => id),
      (run) => response.write(`event: moved\ndata: ${run}\n\n`),
    );
    const timer = setInterval(() => beat(response, ask), ASK_AGAIN_MS);
    response.on('close', () => {
      clearInterval(timer);
      stop();
    });
  });
}

/** Keeps the line open, and closes it once its reader may not read any more. */
async function beat(response: Response, ask: () => Promise<void>) {
  try {
    await ask();
    response.write(': here\n\n');
  } catch {
    // Refused, or nobody can tell: the browser comes back, and is told then.
    response.end();
  }
}

async function refuseUnseen(work: Work, watched: Watched) {
  for (const [kind, id] of watched) await FIND[kind](work, id);
}
