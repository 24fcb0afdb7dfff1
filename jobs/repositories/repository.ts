/** The contract of other tools' repositories: read, never written. */

export const TOOLS = ['restic', 'borg'] as const;
export type ToolName = (typeof TOOLS)[number];

export interface Snapshot {
  /** As its tool names it. */
  id: string;
  /** The moment that it says its data are of. */
  dataTime: Date;
  host: string | null;
  paths: string[];
}

export interface ListedEntry {
  /** Below the root of what is restored. */
  path: string;
  kind: 'file' | 'folder' | 'other';
  size: number;
  /** Of the content, where the tool tells one. */
  sha256: string | null;
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
  /** What a snapshot holds, by its own list. */
  list(snapshot: string): Promise<ListedEntry[]>;
  /**
   * Has the tool read and check the data: restic all of the repository, Borg all of the snapshot. Null when it is content, else what
   * it complains of.
   */
  check(snapshot: string): Promise<string | null>;
  /** Into an empty folder. */
  restore(snapshot: string, into: string): Promise<void>;
}

export interface OpenRequest {
  tool: ToolName;
  /** `file:///folder`, or, for restic, `s3://bucket/prefix?endpoint=…`. */
  address: string;
  secrets: RepositorySecrets;
  /** For the caches of the tool; removed by the caller. */
  scratchDir: string;
  signal: AbortSignal;
}
