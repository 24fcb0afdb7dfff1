/** What S3's many errors mean to us. No message here may hold a key, so the server's own text is never passed on. */
import { because, type CodeWith } from '../recovery-points/finding-codes.ts';
import { StoreError, type StoreFault } from './store.ts';

interface Answer {
  name?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** What it is to the caller, to people, and in English. */
type Meaning = [StoreFault, CodeWith<'address' | 'object' | 'cause' | 'status'>, string];

const BY_NAME: Record<string, Meaning> = {
  NoSuchKey: ['not-found', 'store.object-missing', 'there is no such object.'],
  NoSuchVersion: ['not-found', 'store.object-missing', 'there is no such version of it.'],
  NoSuchUpload: ['refused', 'store.object-incomplete', 'somebody gave up its upload meanwhile. Run again.'],
  NoSuchBucket: [
    'unreachable',
    'store.no-bucket',
    'there is no such bucket. Create it, or check the address.',
  ],
  SignatureDoesNotMatch: ['denied', 'store.secret-key-wrong', 'the secret key is wrong.'],
  InvalidAccessKeyId: ['denied', 'store.access-key-unknown', 'the access key is not known there.'],
  ExpiredToken: ['denied', 'store.session-expired', 'the session has expired.'],
  RequestTimeTooSkewed: [
    'denied',
    'store.clock-wrong',
    'the clock of this machine is wrong by more than the server allows.',
  ],
  AccessDenied: [
    'denied',
    'store.denied',
    'these credentials may not. Check the keys and the policy of the bucket.',
  ],
  QuotaExceeded: ['full', 'store.quota-used', 'the quota of the bucket is used up.'],
  XMinioStorageFull: ['full', 'store.full', 'the server has no space left.'],
  PermanentRedirect: [
    'wrong-address',
    'store.wrong-region',
    'the bucket is in another region. Check region= in the address.',
  ],
  AuthorizationHeaderMalformed: [
    'wrong-address',
    'store.wrong-region',
    'the region is wrong. Check region= in the address.',
  ],
  XAmzContentSHA256Mismatch: [
    'unreachable',
    'store.content-differs',
    'its bytes were changed on the way, each time.',
  ],
  BadDigest: ['unreachable', 'store.content-differs', 'its bytes were changed on the way, each time.'],
  EntityTooLarge: ['refused', 'store.too-large', 'it is larger than the server takes.'],
  InvalidBucketName: ['wrong-address', 'store.bad-bucket-name', 'the bucket has an impossible name.'],
};

const BY_STATUS: Record<number, Meaning> = {
  401: ['denied', 'store.credentials-refused', 'these credentials are not accepted.'],
  403: ['denied', 'store.denied', 'these credentials may not. Check the keys and the policy of the bucket.'],
  404: ['unreachable', 'store.garbled', 'what answers there is not S3. Check the address.'],
  412: ['refused', 'store.object-replaced', 'the object was replaced while it was read.'],
  507: ['full', 'store.full', 'the server has no space left.'],
};

/** How S3 says that something is not there. A bare 404 may come from anything that stands between, save for HEAD. */
const ABSENT = ['NoSuchKey', 'NoSuchVersion', 'NoSuchUpload'];

/** Whether the object, version or upload is simply not there, as opposed to its bucket. */
export function isAbsent(error: unknown): boolean {
  return ABSENT.includes((error as Answer).name ?? '');
}

/** Whether HEAD found no object. Its answers have no body that could say more. */
export function isNotFound(error: unknown): boolean {
  return isAbsent(error) || (error as Answer).name === 'NotFound';
}

/** Whether a conditional create was refused because the name is taken. */
export function isTaken(error: unknown): boolean {
  return (error as Answer).$metadata?.httpStatusCode === 412;
}

/** Names under which a server says that a request did not reach it as it was sent. */
const BROKEN_ON_THE_WAY = [
  'XAmzContentSHA256Mismatch',
  'BadDigest',
  'IncompleteBody',
  'MalformedXML',
  'RequestTimeout',
];

/** What the SDK and we call an answer that ends before it can be understood. */
const CUT_SHORT = ['Error', 'AbortError', 'TimeoutError', 'TooSlow'];

/** Whether the same request may succeed a moment later: a broken connection, a changed byte or an overloaded server. */
export function mayPass(error: unknown): boolean {
  if (error instanceof StoreError) return false;
  const { name = '', $metadata } = error as Answer;
  const status = $metadata?.httpStatusCode;
  // So was a success that cannot be read.
  if (status === undefined || status < 300 || CUT_SHORT.includes(name)) return true;
  if (status === 408 || status === 429) return true;
  return (status >= 500 && status !== 501) || BROKEN_ON_THE_WAY.includes(name);
}

/** Turns an error into the store's words. An abort stays what it is. */
export function explainS3(
  error: unknown,
  { verb, key, bucket, address }: { verb: string; key: string; bucket: string; address: string },
): unknown {
  if (error instanceof StoreError || !(error instanceof Error) || error.name === 'AbortError') return error;
  const { code, $metadata } = error as Answer;
  const status = $metadata?.httpStatusCode ?? 0;
  const [fault, what, why] = BY_NAME[error.name] ?? BY_STATUS[status] ?? byConnection(code, status);
  return new StoreError(
    fault,
    because(what, {
      address,
      object: key,
      cause: code ?? (error.name === 'TimeoutError' ? 'ETIMEDOUT' : 'ECONNRESET'),
      status,
    }),
    `Could not ${verb} ${key || 'the objects'} in bucket ${bucket}: ${why}`,
    { key },
  );
}

function byConnection(code: string | undefined, status: number): Meaning {
  if (status > 0 && status < 300)
    return ['unreachable', 'store.garbled', 'the server answers with something that is not S3, each time.'];
  if (status >= 400 && status < 500)
    return ['refused', 'store.server-error', `the server refuses the request with ${status}.`];
  if (status)
    return ['unreachable', 'store.server-error', `the server answered ${status}, even when asked again.`];
  return [
    'unreachable',
    'store.unreachable',
    `the server cannot be reached or cut the connection${code ? ` (${code})` : ''}.`,
  ];
}
