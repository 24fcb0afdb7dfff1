/** The contract of other tools' repositories: read, never written. */

export const TOOLS = ['restic', 'borg', 'pgbackrest'] as const;
export type ToolName = (typeof TOOLS)[number];

export interface Snapshot {
  id: string;
  /** As its tool calls it. */
  name: string;
  /** The moment that it says its data are of. */
  dataTime: Date;
  /** When it was whole; null where neither the tool nor the place tells. */
  endedAt: Date | null;
  host: string | null;
  paths: string[];
  /** What the snapshots of one backup have in common, by which others are told apart. */
  series: string;
}

export interface ListedEntry {
  /** Below the root of what is restored. */
  path: string;
  kind: 'file' | 'folder' | 'other';
  size: number;
  /** Of the content, as `sha256:…`, where the tool tells one. */
  hash: string | null;
}

export interface RepositorySecrets {
  password: string;
  accessKeyId?: string;
  secretAccessKey?: string;
}

export interface Repository {
  readonly tool: ToolName;
  /** For example `restic 0.14.0`. */
  version(): Promise<string>;
  snapshots(): Promise<Snapshot[]>;
  /**
   * Has the tool read and check the data: restic and pgBackRest all of the repository, Borg all of the snapshot. Null when it is content,
   * else what it complains of.
   */
  check(snapshot: string): Promise<string | null>;
  /** What a snapshot holds, by its own list. */
  list(snapshot: string): Promise<ListedEntry[]>;
  /** Into an empty folder. */
  restore(snapshot: string, into: string): Promise<void>;
}

export interface OpenRequest {
  tool: ToolName;
  /** `file:///folder`, or, for restic, `s3://bucket/prefix?endpoint=…`. */
  address: string;
  /** Of pgBackRest: the stanza. */
  series?: string | null;
  secrets: RepositorySecrets;
  /** For the caches of the tool; removed by the caller. */
  scratchDir: string;
  signal: AbortSignal;
}
