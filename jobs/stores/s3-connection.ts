/** One bucket and the way to it: every request to S3 is made, made again, given up and explained here. */
import { S3Client } from '@aws-sdk/client-s3';
import { because } from '../recovery-points/finding-codes.ts';
import { InPlace } from './http-in-place.ts';
import { checkKey } from './keys.ts';
import { limits, type Patience, Retries, waitAfter, within } from './patience.ts';
import type { Reach } from './reach.ts';
import type { S3Address } from './s3-address.ts';
import { explainS3, mayPass } from './s3-errors.ts';
import { type Checksums, type S3Credentials, StoreError } from './store.ts';

/** What a request is for. */
export interface Ask {
  /** As in "Could not write KEY". */
  verb: string;
  key: string;
  /** Size of the body that goes or comes with it, or of what the server has to do for it. */
  bytes?: number;
  signal?: AbortSignal | undefined;
}

export interface S3Options {
  credentials: S3Credentials;
  checksums: Checksums;
  patience: Patience;
  /** Which hosts may be reached; null for any. */
  reach: Reach | null;
}

export class S3Connection {
  readonly client: S3Client;
  readonly address: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly checksums: Checksums;
  readonly patience: Patience;
  readonly #retries = new Retries();

  constructor({ href, bucket, prefix, endpoint, region }: S3Address, options: S3Options) {
    const { credentials, checksums, patience, reach } = options;
    this.address = href;
    this.bucket = bucket;
    this.prefix = prefix;
    this.checksums = checksums;
    this.patience = patience;
    this.client = new S3Client({
      region,
      ...(endpoint && { endpoint }),
      credentials,
      forcePathStyle: true,
      // The SDK's default checksum headers break R2, B2 and Ceph. Where the probe saw that the server checks them, they
      // are sent one by one; our own SHA-256 goes with every object.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: checksums === 'none' ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED',
      // Asking again is done below, where it has an end in time.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: patience.connectMs,
        socketTimeout: patience.silenceMs,
        ...(reach && guarded(reach)),
      },
    });
    const { config } = this.client;
    config.requestHandler = new InPlace(config.requestHandler, {
      ...patience,
      reach,
    }) as typeof config.requestHandler;
  }

  /** Where an object lies. */
  at(key: string) {
    checkKey(key);
    return { Bucket: this.bucket, Key: this.prefix + key };
  }

  /** Makes a request, and makes it again where that may help: a few times, and never past its time. */
  async ask<T>(
    ask: Ask,
    send: (options: { abortSignal: AbortSignal }) => Promise<T>,
    isWorthAnotherTry: (error: unknown) => boolean = mayPass,
  ): Promise<T> {
    const { allMs, oneMs } = limits(this.patience, ask.bytes ?? 0);
    const end = performance.now() + allMs;
    const late = AbortSignal.timeout(Math.ceil(allMs));
    const stop = ask.signal ? AbortSignal.any([late, ask.signal]) : late;
    for (let attempt = 1; ; attempt++) {
      try {
        stop.throwIfAborted();
        const left = Math.min(oneMs, end - performance.now());
        const abortSignal = AbortSignal.any([stop, AbortSignal.timeout(Math.ceil(left))]);
        // The SDK does not look at the signal any more while it reads an answer.
        const answer = await within(left, send({ abortSignal }));
        this.#retries.earn();
        return answer;
      } catch (error) {
        if (ask.signal?.aborted) throw stopped(error);
        if (performance.now() >= end) throw this.tooSlow(ask);
        const mayTry = attempt < this.patience.attempts && isWorthAnotherTry(error) && this.#retries.take();
        if (!mayTry) throw isLate(error) ? this.tooSlow(ask) : this.explain(ask, error);
      }
      await waitAfter(attempt, this.patience, stop).catch((error: unknown) => {
        throw ask.signal?.aborted ? error : this.tooSlow(ask);
      });
    }
  }

  /** Waits before a body is read on, and answers whether it may be. */
  async mayReadOn(attempt: number, error: unknown, signal: AbortSignal | undefined): Promise<boolean> {
    if (signal?.aborted || !mayPass(error) || !this.#retries.take()) return false;
    await waitAfter(attempt, this.patience, signal ?? new AbortController().signal);
    return true;
  }

  explain({ verb, key }: Pick<Ask, 'verb' | 'key'>, error: unknown): unknown {
    return explainS3(error, { verb, key, bucket: this.bucket, address: this.address });
  }

  tooSlow({ verb, key }: Pick<Ask, 'verb' | 'key'>): StoreError {
    return new StoreError(
      'unreachable',
      because('store.too-slow', { address: this.address, object: key }),
      `Could not ${verb} ${key || 'the objects'} in bucket ${this.bucket}: it takes too long. Check the network and the load of the server, then run again.`,
      { key },
    );
  }
}

/** The client's own agents, but for where they lead. */
const guarded = ({ lookup }: Reach) => {
  const agent = { keepAlive: true, maxSockets: 50, lookup };
  return { httpAgent: agent, httpsAgent: agent };
};

/** A try that took too long. The caller's own abort is another matter. */
const isLate = (error: unknown) => ['AbortError', 'TooSlow'].includes((error as Error).name);

/** An abort has one name, whoever noticed it. */
function stopped(error: unknown): unknown {
  return (error as Error).name === 'AbortError' ? error : new DOMException('It was stopped.', 'AbortError');
}
