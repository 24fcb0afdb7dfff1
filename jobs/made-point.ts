import type { NewRecoveryPoint } from '#/plans/recovery-points.ts';
import { fingerprint } from './recovery-points/age/keys.ts';
import type { BackupResult } from './recovery-points/contract.ts';

/** Reservations told one by one; the others are counted. */
const TOLD = 100;

/** A point that the engine made, as the domain keeps it. */
export function pointOf(result: BackupResult, recipients: string[]): NewRecoveryPoint {
  const count = (kind: string) => result.reservations.filter((one) => one.kind === kind).length;
  return {
    point: result.pointId,
    dataTime: result.dataTime,
    startedAt: result.startedAt,
    endedAt: result.endedAt,
    files: result.files,
    bytes: result.bytes,
    storedBytes: result.storedBytes,
    packs: result.packs,
    counts: {
      torn: count('torn'),
      vanished: count('vanished'),
      unreadable: count('unreadable'),
      skipped: count('skipped'),
    },
    reservations: result.reservations.slice(0, TOLD),
    headSha256: result.headSha256,
    manifestSha256: result.manifestSha256,
    sealedTo: recipients.map(fingerprint),
  };
}
