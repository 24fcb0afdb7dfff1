/** The contract of everything that can be backed up: a folder today, databases and buckets beside it. */

import type { Because } from '../recovery-points/finding-codes.ts';

/** What a source knows of its own content at the moment of capture, for the later comparison with what was restored. */
export interface Inventory {
  kind: 'postgresql';
  /** Server and dump program, with versions. */
  serverVersion: string;
  program: string;
  database: string;
  /** Rows of each table, counted in the snapshot that was dumped. */
  tables: { schema: string; name: string; rows: number }[];
}

/** A tree of files, ready to be captured, and how to let go of it. */
export interface PreparedSource extends AsyncDisposable {
  /** Absolute path of the folder to capture. Not UTF-8 by promise: `Buffer` paths are used below it. */
  root: string;
  /** The moment the data are of: for a dump the snapshot's, for a folder the start of the capture. */
  dataTime: Date;
  inventory: Inventory | null;
}

export interface Source {
  kind: 'folder' | 'postgresql';
  /** Address without any secret, for messages and records. */
  readonly address: string;
  /** Makes the source ready: a folder as it lies, a database as a dump in `scratchDir`. */
  prepare(options: { scratchDir: string; signal?: AbortSignal; now: () => Date }): Promise<PreparedSource>;
}

/** A source that cannot be read. The message says what and where, and what to do. `missing-program` names what to install. */
export class SourceError extends Error {
  override name = 'SourceError';
  readonly fault:
    | 'not-found'
    | 'unreadable'
    | 'unreachable'
    | 'denied'
    | 'missing-program'
    | 'failed'
    | 'full';
  readonly because: Because;

  constructor(fault: SourceError['fault'], because: Because, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
    this.because = because;
  }
}
