/** The contract every object store keeps: a plain folder and S3 today. One suite of tests runs against each. */

import type { Because } from '../recovery-points/finding-codes.ts';

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

export interface PutOptions {
  /** Creates the object only where none has this key. Answers `exists` when one has it, and leaves that one alone. */
  ifAbsent?: boolean;
  signal?: AbortSignal;
}

/**
 * A place for immutable objects. Keys are relative paths with `/`, never with `.` or `..` parts.
 * Every method throws `StoreError` and nothing else when the store, not the caller, is at fault.
 */
export interface Store {
  /** The store's address without any secret, for messages and records. */
  readonly address: string;
  /** Writes one whole object. It is there in full when this returns, or not at all. May be called again. */
  put(key: string, body: Uint8Array, options?: PutOptions): Promise<'created' | 'exists'>;
  /** Reads one whole object into memory. */
  get(key: string, options?: { signal?: AbortSignal }): Promise<Buffer>;
  /** Reads an object piece by piece, in order. */
  stream(key: string, options?: { signal?: AbortSignal }): AsyncIterable<Buffer>;
  /** Size of an object, or null when there is none. */
  head(key: string): Promise<{ bytes: number; modifiedAt: Date } | null>;
  /** Every object below a prefix, in key order, page after page. */
  list(prefix: string): AsyncIterable<Listed>;
  /** Removes an object; no error when it is not there. */
  remove(key: string): Promise<void>;
  close(): Promise<void>;
}

/** `not-found` is about the data; every other kind is about the way to it, and makes a verification inconclusive. */
export type StoreFault = 'unreachable' | 'denied' | 'not-found' | 'full' | 'wrong-address' | 'refused';

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
