/** The contract of everything that can be backed up: folders, databases and buckets. */

import type { Because } from '../recovery-points/finding-codes.ts';

/** Rows of one table. `schema` is empty where databases have no schemas. */
export interface TableCount {
  schema: string;
  name: string;
  rows: number;
}

interface OfDatabase {
  /** Version of the server, or of the library that reads the file. */
  serverVersion: string;
  /** What made the copy, with its version. */
  program: string;
  database: string;
  /** Rows of each table in the very state that was copied. */
  tables: TableCount[];
}

export interface PostgresqlInventory extends OfDatabase {
  kind: 'postgresql';
}

export interface MariadbInventory extends OfDatabase {
  kind: 'mariadb';
  charset: string;
  collation: string;
  /** What else a dump must bring back, as `view name`. */
  objects: string[];
  /** Tables whose engine keeps no snapshots: the dump may hold them as of another moment than the rest. */
  notTransactional: string[];
  /** Rows counted in a snapshot of our own, opened just before the dump's, where they are others than in the dump. */
  countedBefore: TableCount[];
}

export interface SqliteInventory extends OfDatabase {
  kind: 'sqlite';
  /** Rows that point at nothing. Not a damage: SQLite watches references only where it is asked to. */
  brokenReferences: number;
}

export interface BucketInventory {
  kind: 's3';
  bucket: string;
  objects: number;
  bytes: number;
  /** What else lies under the keys and is not kept; null where that may not be listed. */
  otherVersions: { versions: number; deleteMarkers: number } | null;
}

export type DatabaseInventory = PostgresqlInventory | MariadbInventory | SqliteInventory;

/** What a source knows of its own content at the moment of capture, for the later comparison with what was restored. */
export type Inventory = DatabaseInventory | BucketInventory;

/** Something that a source could not hand over as it should be. The path is a name of the source's own. */
export interface SourceReservation extends Because {
  kind: 'torn' | 'vanished' | 'unreadable' | 'skipped';
  path: string;
  /** Why, in English. */
  reason: string;
}

/** A tree of files, ready to be captured, and how to let go of it. */
export interface PreparedSource extends AsyncDisposable {
  /** Absolute path of the folder to capture. Not UTF-8 by promise: `Buffer` paths are used below it. */
  root: string;
  /** The moment the data are of: for a dump the snapshot's, for a folder the start of the capture. */
  dataTime: Date;
  inventory: Inventory | null;
  reservations: SourceReservation[];
}

export interface Source {
  kind: 'folder' | 'postgresql' | 'mariadb' | 'sqlite' | 's3';
  /** Address without any secret, for messages and records. */
  readonly address: string;
  /** Makes the source ready: a folder as it lies, a database as a dump in `scratchDir`, a bucket as a tree in it. */
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
