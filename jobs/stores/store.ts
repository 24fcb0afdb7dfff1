/** The contract every object store keeps: a plain folder and S3 today. One suite of tests runs against each. */

import { type Because, because } from '../recovery-points/finding-codes.ts';

/** Keys of an S3 account. They stay in memory and out of every message. */
export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** What a listing tells of one object. */
export interface Listed {
  key: string;
  bytes: number;
  modifiedAt: Date;
}

/** Whoever may, can lift `governance`; nobody can lift `compliance` before its time. */
export interface Retention {
  mode: 'governance' | 'compliance';
  until: Date;
}

export interface PutOptions {
  /** Creates the object only where none has this key. Answers `exists` when one has it, and leaves that one alone. */
  ifAbsent?: boolean;
  /** Holds the object against removal from its first moment. Only where the store has `locks`. */
  retention?: Retention;
  /** Of the body, in hex, where the caller knows it: a store that needs it does not hash again. */
  sha256?: string;
  signal?: AbortSignal;
}

export interface PutStreamOptions extends PutOptions {
  /** How many bytes are expected at most. Without it an object ends at some 150 GB on S3. */
  bytes?: number;
}

export interface GetOptions {
  /** Memory that the answer may lie in, at its beginning, when that is large enough: new memory for each object is dear. */
  into?: Uint8Array;
  /** False: the caller has a hash of its own, and asks again with the store's check where that differs. */
  isChecked?: boolean;
  signal?: AbortSignal;
}

/** What a write that never ended has left. It is no object and is never listed as one. */
export interface Leftover {
  key: string;
  startedAt: Date;
  /** What it takes up. Null where the store does not tell. */
  bytes: number | null;
}

/** Which of them. */
export interface MeantLeftovers {
  prefix?: string;
  isMeant?: (key: string) => boolean;
}

/** What the bucket takes of checks that S3 calls additional. Found by the probe; without a probe, nothing. */
export type Checksums = 'none' | 'sha256';

/** One of the versions under a key. */
export interface Version {
  key: string;
  id: string;
  isLatest: boolean;
  /** Says that the object was removed. The versions under it are still there. */
  isDeleteMarker: boolean;
  bytes: number;
  modifiedAt: Date;
}

/** What lies under the keys of a bucket that keeps versions. In one that keeps none, each object is its only version. */
export interface Versions {
  /** Every version and delete marker below a prefix, in key order, the newest of a key first. */
  list(prefix: string): AsyncIterable<Version>;
  /** Reads one version, also under a delete marker. */
  get(key: string, id: string, options?: { signal?: AbortSignal }): Promise<Buffer>;
  /** Removes one version or delete marker for good. `refused` while it is locked. */
  remove(key: string, id: string): Promise<void>;
}

/** Holding versions against removal. Without `id` the newest version is meant. */
export interface Locks {
  retention(key: string, id?: string): Promise<Retention | null>;
  /** Holds it at least until then, and never shorter than before. `mode` is for an object that is not held yet. */
  extendRetention(
    key: string,
    until: Date,
    options?: { mode?: Retention['mode']; id?: string },
  ): Promise<void>;
  /** Whether somebody has put it on hold without an end. */
  legalHold(key: string, id?: string): Promise<boolean>;
}

/**
 * A place for immutable objects. Keys are relative paths with `/`, never with `.` or `..` parts, and no key is another's
 * folder. Every method throws `StoreError` and nothing else when the store, not the caller, is at fault.
 */
export interface Store {
  /** The store's address without any secret, for messages and records. */
  readonly address: string;
  /** Writes one whole object. It is there in full when this returns, or not at all. May be called again. */
  put(key: string, body: Uint8Array, options?: PutOptions): Promise<'created' | 'exists'>;
  /**
   * Writes an object of any size with a bounded part of it in memory. It is there in full when this returns, or not at
   * all. An error of the body ends the write and is thrown on. On S3 `ifAbsent` of a large object is only as good as the
   * server: some look no more once its parts are there.
   */
  putStream(
    key: string,
    body: AsyncIterable<Uint8Array>,
    options?: PutStreamOptions,
  ): Promise<'created' | 'exists'>;
  /** Reads one whole object into memory. */
  get(key: string, options?: GetOptions): Promise<Buffer>;
  /** Reads an object piece by piece, in order. What was given is good only once the end has come without an error. */
  stream(key: string, options?: { signal?: AbortSignal }): AsyncIterable<Buffer>;
  /** Reads some bytes, fewer where the object ends. No checksum covers a part of an object: the caller checks them. */
  getRange(
    key: string,
    range: { start: number; bytes: number },
    options?: { signal?: AbortSignal },
  ): Promise<Buffer>;
  /** Size of an object, or null when there is none. `storeSha256` is what the store itself computed, where it does. */
  head(key: string): Promise<{ bytes: number; modifiedAt: Date; storeSha256?: string } | null>;
  /** Every object below a prefix, in key order, page after page. Some stores are late: `head` and `get` know first. */
  list(prefix: string): AsyncIterable<Listed>;
  /** Removes an object; no error when it is not there. A bucket that keeps versions only hides it: see `versions`. */
  remove(key: string): Promise<void>;
  /** Writes below a prefix that began before a time and never ended. */
  leftovers(before: Date, prefix?: string): AsyncIterable<Leftover>;
  /** Removes them, or those that are meant, and answers what they were. A write that is still going on by then is lost. */
  removeLeftovers(before: Date, meant?: MeantLeftovers): Promise<Leftover[]>;
  /** Null where the store has no such thing. On S3 the probe tells whether the bucket has it switched on. */
  readonly versions: Versions | null;
  readonly locks: Locks | null;
  close(): Promise<void>;
}

/**
 * `not-found` and `damaged` are about the data; every other kind is about the way to it, and makes a verification
 * inconclusive. `damaged`: what lies there is not what was written, and reading again gives the same.
 */
export type StoreFault =
  | 'unreachable'
  | 'denied'
  | 'not-found'
  | 'damaged'
  | 'full'
  | 'wrong-address'
  | 'refused';

/** A store's failure in words for people: what was tried, on which object, and what to do. */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly fault: StoreFault;
  readonly because: Because;
  readonly key: string | null;

  constructor(
    fault: StoreFault,
    because: Because,
    message: string,
    { key = null, ...options }: ErrorOptions & { key?: string | null } = {},
  ) {
    super(message, options);
    this.fault = fault;
    this.because = because;
    this.key = key;
  }
}

/** An object that lies there with other bytes than were written: the same came twice. */
export class DamagedObject extends StoreError {
  /** What lies there, for whoever has a check of their own and says what is wrong with it. */
  readonly content: Buffer;

  constructor(address: string, key: string, content: Buffer) {
    super(
      'damaged',
      because('store.object-damaged', { address, object: key }),
      `${key} is not what was written: it was damaged or changed in the store. Find out why, and test the other recovery points.`,
      { key },
    );
    this.content = content;
  }
}
