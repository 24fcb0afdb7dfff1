import { z } from 'zod';
import { LogEntry, LogState, readLog, verifyLog } from '#/plans/logbook.ts';
import { api } from '../http/route.ts';
import { listOf, One, whole } from '../http/shapes.ts';

/** The log of incidents and exercises, as it was written and whether it still is. */
export const logbookApi = (['incident', 'exercise'] as const).flatMap((kind) => [
  api({
    method: 'get',
    path: `/${kind}s/:id/log`,
    summary: `The log of an ${kind}, in the order in which it was written`,
    params: One,
    output: listOf(LogEntry),
    run: async ({ work, params: { id } }) => whole(await readLog(work, { kind, id })),
  }),
  api({
    method: 'get',
    path: `/${kind}s/:id/log/verification`,
    summary: `Whether the log of an ${kind} is as it was written`,
    params: One,
    query: z.object({}),
    output: LogState,
    run: ({ work, params: { id } }) => verifyLog(work, { kind, id }),
  }),
]);
