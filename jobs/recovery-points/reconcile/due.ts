/**
 * What a clean-up would take, and what speaks against it, as a reconciliation shows it already. A clean-up makes the
 * backups that meet it full ones, so none is begun for nothing. It looks at everything itself all the same.
 */
import type { Leftover } from '../../stores/store.ts';
import type { Finding } from '../finding-codes.ts';
import { isOlderThan, pointLost } from './clean-up.ts';
import type { Headless, Orphan, Reconciliation } from './reconcile.ts';
import { UPLOAD_GRACE_DAYS } from './uploads.ts';

export interface Due {
  packs: Orphan[];
  points: Headless[];
  uploads: Leftover[];
}

export function dueAmong(
  { orphans, incomplete, uploads }: Reconciliation,
  { olderThan, now }: { olderThan: number; now: Date },
): Due {
  return {
    packs: (orphans ?? []).filter(({ sealedAt }) => isOlderThan(olderThan, sealedAt, now)),
    points: incomplete.filter(({ writtenAt }) => isOlderThan(olderThan, writtenAt, now)),
    uploads: (uploads ?? []).filter(({ startedAt }) => isOlderThan(UPLOAD_GRACE_DAYS, startedAt, now)),
  };
}

/** Null where nothing speaks against a clean-up. A point that only lacks a pack does not: its head says what it needs. */
export function objectionIn({ orphansUnknown, gone, altered }: Reconciliation): Finding | null {
  if (orphansUnknown) return orphansUnknown;
  const [lost] = [...gone, ...altered.filter(({ finding }) => finding.code === 'head.not-on-record')];
  return lost ? pointLost(lost.point) : null;
}
