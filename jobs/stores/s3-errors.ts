/** What S3's many errors mean to us. No message here may hold a key, so the server's own text is never passed on. */
import { StoreError, type StoreFault } from './store.ts';

interface Answer {
  name?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

const BY_NAME: Record<string, [StoreFault, string]> = {
  NoSuchBucket: ['unreachable', 'there is no such bucket. Create it, or check the address.'],
  SignatureDoesNotMatch: ['denied', 'the secret key is wrong.'],
  InvalidAccessKeyId: ['denied', 'the access key is not known there.'],
  ExpiredToken: ['denied', 'the session has expired.'],
  RequestTimeTooSkewed: ['denied', 'the clock of this machine is wrong by more than the server allows.'],
  AccessDenied: ['denied', 'these credentials may not. Check the keys and the policy of the bucket.'],
  QuotaExceeded: ['full', 'the quota of the bucket is used up.'],
  XMinioStorageFull: ['full', 'the server has no space left.'],
  PermanentRedirect: ['wrong-address', 'the bucket is in another region. Check region= in the address.'],
  AuthorizationHeaderMalformed: ['wrong-address', 'the region is wrong. Check region= in the address.'],
  InvalidBucketName: ['wrong-address', 'the bucket has an impossible name.'],
};

const BY_STATUS: Record<number, [StoreFault, string]> = {
  401: ['denied', 'these credentials are not accepted.'],
  403: ['denied', 'these credentials may not. Check the keys and the policy of the bucket.'],
  404: ['not-found', 'there is no such object.'],
  412: ['refused', 'the object was replaced while it was read.'],
  507: ['full', 'the server has no space left.'],
};

/** Whether the object is simply not there, as opposed to its bucket. */
export function isAbsent(error: unknown): boolean {
  const { name, $metadata } = error as Answer;
  return (
    name === 'NoSuchKey' ||
    name === 'NotFound' ||
    (name !== 'NoSuchBucket' && $metadata?.httpStatusCode === 404)
  );
}

/** Whether a conditional create was refused because the name is taken. */
export function isTaken(error: unknown): boolean {
  return (error as Answer).$metadata?.httpStatusCode === 412;
}

/** Whether the same request may succeed a moment later: a broken connection or an overloaded server. */
export function mayPass(error: unknown): boolean {
  const status = (error as Answer).$metadata?.httpStatusCode;
  return status === undefined || status >= 500 || status === 429;
}

/** Turns an error into the store's words. An abort stays what it is. */
export function explainS3(
  error: unknown,
  { verb, key, bucket }: { verb: string; key: string; bucket: string },
): unknown {
  if (error instanceof StoreError || !(error instanceof Error) || error.name === 'AbortError') return error;
  const { code, $metadata } = error as Answer;
  const [fault, why] =
    BY_NAME[error.name] ?? BY_STATUS[$metadata?.httpStatusCode ?? 0] ?? byConnection(code, $metadata);
  return new StoreError(fault, `Could not ${verb} ${key || 'the objects'} in bucket ${bucket}: ${why}`, {
    key,
  });
}

function byConnection(code: string | undefined, metadata: Answer['$metadata']): [StoreFault, string] {
  if (metadata?.httpStatusCode)
    return ['unreachable', `the server answered ${metadata.httpStatusCode}, even when asked again.`];
  return ['unreachable', `the server cannot be reached or cut the connection${code ? ` (${code})` : ''}.`];
}
