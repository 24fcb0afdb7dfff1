/** What an order to an agent is for: a backup run or a restore test, each begun and ended as workers do it. */
import { noteProgress } from './attempts.ts';
import { failBackup, skipBackup } from './backup-run-ends.ts';
import { startBackup } from './backup-run-starts.ts';
import { type Finding, finding } from './findings.ts';
import { endWithoutAnswer } from './restore-test-ends.ts';
import { startRestoreTest } from './restore-test-starts.ts';
import type { RunProgress } from './run-progress.ts';
import { waitForTurn } from './turns.ts';
import type { Work } from './work.ts';

/** One of both. */
export interface Ordered {
  run_id: string | null;
  test_id: string | null;
}

/** Why an order came to nothing, in the words of what it was for. */
const WHY = {
  offline: {
    run: finding('agent.offline', 'The agent did not fetch the order in its time. Nothing was backed up.'),
    test: finding('agent.test-offline', 'The agent did not fetch the order in its time. Nothing was shown.'),
  },
  revoked: {
    run: finding('agent.revoked', 'The agent was revoked: nothing is taken from it any more.'),
    test: finding('agent.revoked', 'The agent was revoked: nothing is taken from it any more.'),
  },
  lost: {
    run: finding('agent.lost', 'The agent fell silent while it worked, and did not come back in time.'),
    test: finding('agent.lost', 'The agent fell silent while it worked, and did not come back in time.'),
  },
} as const;
export type WhyNothing = keyof typeof WHY;

export const noteOrderedProgress = (
  work: Work,
  { run_id, test_id }: Ordered,
  attempt: number,
  progress: RunProgress | null,
): Promise<boolean> =>
  run_id !== null
    ? noteProgress(work, 'backup_runs', { run: run_id, attempt }, progress)
    : noteProgress(work, 'restore_tests', { run: test_id!, attempt }, progress);

/** `waits`: it is not its turn yet. Null: it was called off. */
export async function beginOrdered(
  work: Work,
  { run_id, test_id }: Ordered,
): Promise<{ attempt: number } | 'waits' | null> {
  const table = run_id !== null ? 'backup_runs' : 'restore_tests';
  if (await waitForTurn(work, table, (run_id ?? test_id)!)) return 'waits';
  return run_id !== null
    ? startBackup(work, run_id, work.actor.name)
    : startRestoreTest(work, test_id!, work.actor.name);
}

/** It never began: a backup is skipped, and a test shows nothing. Neither is a pass. */
export async function skipOrdered(work: Work, { run_id, test_id }: Ordered, why: WhyNothing): Promise<void> {
  if (run_id !== null) await skipBackup(work, run_id, WHY[why].run);
  else await endWithoutAnswer(work, { id: test_id!, attempt: null }, WHY[why].test);
}

/** It began, and nothing came of it. */
export async function failOrdered(work: Work, ordered: Ordered, why: WhyNothing): Promise<void> {
  const { run, test } = WHY[why];
  await failOrderedFor(work, ordered, null, ordered.run_id === null ? test : run);
}

export async function failOrderedFor(
  work: Work,
  { run_id, test_id }: Ordered,
  attempt: number | null,
  found: Finding,
): Promise<void> {
  if (run_id !== null) await failBackup(work, run_id, attempt, found);
  else await endWithoutAnswer(work, { id: test_id!, attempt }, found);
}
