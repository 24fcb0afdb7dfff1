/** Why something was not captured as it should be, in words for people. */
import { readSync } from 'node:fs';
import type { Reservation } from '../contract.ts';
import { because, type CodeWith } from '../finding-codes.ts';
import { type FileStats, statOpen } from '../native/stat.ts';
import type { Copied } from './content.ts';

/** A reservation while its path is not said yet. */
export type Reserved = Omit<Reservation, 'path'>;

/** Said of the root where this Node or machine has no calls to read attributes with. */
export const NO_ATTRIBUTES: Reserved = {
  kind: 'skipped',
  ...because('capture.no-attributes', {}),
  reason: 'extended attributes and access lists cannot be read on this machine, and none are stored',
};

/** Any user can give a file as many attributes as fill a disk; a tar header of that size would be nobody's to read. */
export const TOO_MANY_ATTRIBUTES: Reserved = {
  kind: 'skipped',
  ...because('capture.too-many-attributes', {}),
  reason: 'its extended attributes take more than 512 KiB, and none of them are stored',
};

/** Compares a file before and after it was read. What changed meanwhile is torn, however harmless it looks. */
export function judge(copied: Copied, before: FileStats, after: FileStats, fd: number): Reserved | null {
  const torn = (code: CodeWith<never>, reason: string) => ({
    kind: 'torn' as const,
    ...because(code, {}),
    reason,
  });
  if (copied.failure)
    return {
      kind: 'unreadable',
      ...because('capture.broke-off', { cause: causeOf(copied.failure) }),
      reason: `reading broke off, zeros stand for the rest: ${inWords(copied.failure)}`,
    };
  if (!after.isSameFile(before))
    return torn('capture.became-other', 'it was replaced by another file while it was read');
  if (copied.isShort) return torn('capture.shrank', 'it shrank while it was read; zeros stand for the rest');
  if (after.size > before.size) return torn('capture.grew', 'it grew while it was read');
  if (after.size !== before.size || !after.isSameTime('mtime', before))
    return torn('capture.changed', 'it changed while it was read');
  if (!after.isSameTime('ctime', before))
    return torn('capture.attributes-changed', 'its attributes changed while it was read');
  // Files of /proc and the like say 0 and hold more.
  if (before.size === 0 && readSync(fd, Buffer.alloc(1), 0, 1, 0) > 0)
    return torn('capture.size-untrue', 'it has content that its size does not tell');
  return null;
}

/** Why an open file is none, or null. */
export function whyNotOf(fd: number): Reserved | null {
  if (statOpen(fd).isFile()) return null;
  const reason = 'it was replaced by something that is not a file';
  return { kind: 'torn', ...because('capture.became-other', {}), reason };
}

/** Why nothing of it could be stored. */
export function whyNot(failure: NodeJS.ErrnoException | null): Reserved {
  if (failure?.code === 'ENOENT')
    return {
      kind: 'vanished',
      ...because('capture.vanished', {}),
      reason: 'it was removed before it could be read',
    };
  if (failure?.code === 'ELOOP')
    return {
      kind: 'torn',
      ...because('capture.became-link', {}),
      reason: 'it was replaced by a symbolic link',
    };
  return {
    kind: 'unreadable',
    ...because('capture.unreadable', { cause: causeOf(failure) }),
    reason: inWords(failure),
  };
}

/** Why nothing in a folder could be stored. */
export function notListed(failure: NodeJS.ErrnoException): Reserved {
  return {
    kind: 'unreadable',
    ...because('capture.folder-not-listed', { cause: causeOf(failure) }),
    reason: `the folder cannot be listed: ${inWords(failure)}`,
  };
}

/** An error of the file system in words. */
function inWords(failure: NodeJS.ErrnoException | null): string {
  const known: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EIO: 'the disk reported a read error',
    ENAMETOOLONG: 'its path is too long to be opened',
    ENOENT: 'it was removed meanwhile',
  };
  return known[failure?.code ?? ''] ?? failure?.code ?? 'it cannot be read';
}

/** The system's name of an error. */
function causeOf(failure: NodeJS.ErrnoException | null): string {
  return failure?.code ?? 'EIO';
}

/** Whether an error is the file system's, and so about the file and not about us. */
export function isErrno(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === 'number';
}
