/** What belongs to a whole PostgreSQL server and not to one database: roles, their settings and rights, tablespaces. */
import { rm } from 'node:fs/promises';
import { because } from '../recovery-points/finding-codes.ts';
import type { Session } from './postgresql-connection.ts';
import { findProgram, type WhereToLook } from './postgresql-programs.ts';
import { runProgram, type Target } from './postgresql-run.ts';
import { SourceError, type SourceReservation } from './source.ts';

interface Wanted {
  file: string;
  target: Target;
  /** A role without the right to everything may connect to its own database only. */
  database: string;
  serverMajor: number;
  where: WhereToLook;
  signal: AbortSignal | undefined;
}

/**
 * Writes `create role`, `alter role … set` and the like into a file, and answers what is not in it: without the right to
 * read them, the passwords; without the program or other rights, all of it. The database itself does not depend on it.
 */
export async function dumpGlobals(session: Session, wanted: Wanted): Promise<SourceReservation[]> {
  const mayReadPasswords = await readsPasswords(session);
  const failure = await runDumpall(wanted, mayReadPasswords);
  if (failure !== null) {
    await rm(wanted.file, { force: true });
    return [
      {
        kind: 'skipped',
        path: 'globals.sql',
        ...because('capture.no-globals', { original: failure }),
        reason: `roles, their settings and tablespaces are not kept: ${failure}`,
      },
    ];
  }
  if (mayReadPasswords) return [];
  return [
    {
      kind: 'skipped',
      path: 'globals.sql',
      ...because('capture.no-role-passwords', {}),
      reason: 'passwords of roles are not kept: only a superuser may read them',
    },
  ];
}

async function readsPasswords(session: Session): Promise<boolean> {
  const [row] = await session.query<{ may: boolean }>(
    `select has_table_privilege('pg_catalog.pg_authid', 'select') as may`,
  );
  return row?.may ?? false;
}

/** Why it failed, or null. */
async function runDumpall(wanted: Wanted, withPasswords: boolean): Promise<string | null> {
  const { file, target, database, serverMajor, where, signal } = wanted;
  try {
    const program = await findProgram('pg_dumpall', serverMajor, where);
    const args = [
      '--globals-only',
      '--no-password',
      ...(withPasswords ? [] : ['--no-role-passwords']),
      `--file=${file}`,
      `--database=${database}`,
      `--dbname=${target.address}`,
    ];
    const { status, complaint } = await runProgram(program, args, { password: target.password, signal });
    return status === 0 ? null : complaint || `pg_dumpall ended with status ${status}`;
  } catch (error) {
    if (error instanceof SourceError) return error.message;
    throw error;
  }
}
