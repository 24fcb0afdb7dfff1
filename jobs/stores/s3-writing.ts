/** One write to S3, known by its id: what it asks for, and whether the object there is its own. */
import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { because } from '../recovery-points/finding-codes.ts';
import type { S3Connection } from './s3-connection.ts';
import { WRITE } from './s3-content.ts';
import { isNotFound } from './s3-errors.ts';
import { type PutOptions, type Retention, StoreError } from './store.ts';

export interface Writing extends PutOptions {
  key: string;
  /** Goes into the object's metadata, so that an answer that was lost can be looked up. */
  id: string;
}

/** How a held object is asked for. */
export function held(retention: Retention | undefined) {
  if (!retention) return {};
  return {
    ObjectLockMode: retention.mode === 'governance' ? ('GOVERNANCE' as const) : ('COMPLIANCE' as const),
    ObjectLockRetainUntilDate: retention.until,
  };
}

/** What is said of an object, or null when there is none. */
export function lookAt(
  connection: S3Connection,
  key: string,
  signal?: AbortSignal,
): Promise<HeadObjectCommandOutput | null> {
  const head = new HeadObjectCommand({
    ...connection.at(key),
    ...(connection.checksums !== 'none' && { ChecksumMode: 'ENABLED' }),
  });
  return connection.ask({ verb: 'look at', key, signal }, (options) =>
    connection.client.send(head, options).catch((error: unknown) => {
      if (isNotFound(error)) return null;
      throw error;
    }),
  );
}

/** Whether the object there is the one of this write: the server had it and its answer was lost. */
export async function isOurs(connection: S3Connection, { key, id, signal }: Writing): Promise<boolean> {
  return (await lookAt(connection, key, signal))?.Metadata?.[WRITE] === id;
}

/** What a server means that takes a lock for an invalid request. Other errors are thrown on. */
export function explainLock(connection: S3Connection, key: string, error: unknown): unknown {
  if ((error as Error).name !== 'InvalidRequest') return error;
  const { address, bucket } = connection;
  return new StoreError(
    'refused',
    because('store.no-locks', { address }),
    `Could not lock ${key}: bucket ${bucket} cannot lock objects. Make one with Object Lock.`,
    { key },
  );
}
