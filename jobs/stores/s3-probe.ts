/** Probing an S3 bucket with plain requests, past everything that the store does to make up for a server. */
import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { answer, compareClocks, type LeftBehind, PROBE_FOLDER, type Probe, Trials } from './probe.ts';
import { connectS3, type S3StoreOptions } from './s3.ts';
import type { S3Connection } from './s3-connection.ts';
import { type Came, trial } from './s3-trial.ts';
import { S3Locks, S3Versions } from './s3-versions.ts';
import { StoreError } from './store.ts';

const BODY = randomBytes(64 * 1024);
const AT_ONCE = 5;
/** How long a canary is locked. It stays as long, whoever asks. */
const LOCK_MS = 30_000;
const WRONG_SHA256 = createHash('sha256').update('something else').digest();

export async function probeS3(
  url: URL,
  { lockMs = LOCK_MS, ...options }: S3StoreOptions & { lockMs?: number | undefined },
): Promise<Probe> {
  const connection = connectS3(url, options);
  const bucket = new ProbedBucket(connection, lockMs);
  const probe: Omit<Probe, 'lines' | 'checksums' | 'leftBehind'> = {
    address: connection.address,
    kind: 's3',
    probedAt: new Date().toISOString(),
    brokeOff: null,
  };
  try {
    await bucket.begin();
    await bucket.tryAll().catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error;
      probe.brokeOff = { fault: error.fault, message: error.message };
    });
    const leftBehind = await bucket.clear();
    const { lines } = bucket.trials;
    const checksChecksums = lines.find(({ ability }) => ability === 'checks-checksums')?.found === 'yes';
    return { ...probe, lines, checksums: checksChecksums ? 'sha256' : 'none', leftBehind };
  } finally {
    connection.client.destroy();
  }
}

class ProbedBucket {
  readonly trials = new Trials();
  readonly #connection: S3Connection;
  readonly #folder = `${PROBE_FOLDER}/${randomBytes(6).toString('hex')}`;
  readonly #lockMs: number;
  #serverTime: { theirs: Date; seen: number } | null = null;

  constructor(connection: S3Connection, lockMs: number) {
    this.#connection = connection;
    this.#lockMs = lockMs;
    connection.client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { date } = (result.response as { headers?: Record<string, string> }).headers ?? {};
        if (date) this.#serverTime = { theirs: new Date(date), seen: Date.now() };
        return result;
      },
      { step: 'deserialize', name: 'readServerTime', priority: 'low' },
    );
  }

  /** Nothing can be said of a bucket that cannot be reached or written: that is an error. */
  async begin(): Promise<void> {
    const key = this.#key('object');
    const put = new PutObjectCommand({ ...this.#connection.at(key), Body: BODY });
    await this.#connection.ask({ verb: 'write', key }, (options) =>
      this.#connection.client.send(put, options),
    );
  }

  async tryAll(): Promise<void> {
    await this.#tryReading();
    await this.#tryConditions();
    await this.#tryChecksums();
    await this.#tryVersions();
    await this.#tryLocks();
    await this.trials.try('clock', 'the time in the answers of the server', async () =>
      compareClocks(
        this.#serverTime && new Date(this.#serverTime.theirs.getTime() + Date.now() - this.#serverTime.seen),
      ),
    );
  }

  /** Removes everything that this and earlier probes wrote. Answers what the bucket does not let go yet. */
  async clear(): Promise<LeftBehind[]> {
    const locks = new S3Locks(this.#connection);
    const versions = new S3Versions(this.#connection, locks);
    const left: LeftBehind[] = [];
    try {
      for (const { key, id, isDeleteMarker } of await Array.fromAsync(versions.list(`${PROBE_FOLDER}/`))) {
        const isGone = await versions.remove(key, id).then(
          () => true,
          (error: unknown) => {
            if (error instanceof StoreError && ['refused', 'denied'].includes(error.fault)) return false;
            throw error;
          },
        );
        if (isGone || isDeleteMarker) continue;
        const until = await locks.retention(key, id).catch(() => null);
        left.push({ key, version: id, until: until?.until.toISOString() ?? '' });
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error; // a server that lists no versions, or is gone
      await this.#clearPlainly();
    }
    return left;
  }

  async #tryReading(): Promise<void> {
    const key = this.#key('object');
    await this.trials.try('write-and-read', 'PUT of 64 KiB, then GET', async () => {
      const { bytes, words } = await this.#get(key);
      return answer(
        bytes?.equals(BODY) ?? false,
        `${words}, ${bytes?.equals(BODY) ? 'the same' : 'other'} bytes`,
      );
    });
    await this.trials.try('ranged-get', 'GET with Range: bytes=10-19', async () => {
      const { bytes, words } = await this.#get(key, { Range: 'bytes=10-19' });
      const isSame = bytes?.equals(BODY.subarray(10, 20)) ?? false;
      return answer(isSame, `${words}, ${isSame ? 'those' : 'other'} bytes`);
    });
    await this.trials.try('list-after-put', `LIST right after each of ${AT_ONCE} PUTs`, async () => {
      let seen = 0;
      for (let i = 0; i < AT_ONCE; i++) {
        await this.#put(`listed-${i}`);
        if (await this.#isListed(this.#key(`listed-${i}`))) seen++;
      }
      return answer(seen === AT_ONCE, `${seen} of ${AT_ONCE} were listed at once`);
    });
  }

  async #tryConditions(): Promise<void> {
    const tried = `PUT with If-None-Match: * on a taken name, and ${AT_ONCE} at once on a new one`;
    await this.trials.try('conditional-create', tried, async () => {
      const taken = await this.#put('object', { IfNoneMatch: '*', Body: 'another' });
      const race = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, i) => this.#put('race', { IfNoneMatch: '*', Body: `${i}` })),
      );
      const winners = race.filter(({ output }) => output).length;
      return answer(!taken.output && winners === 1, `${taken.words}; ${winners} of ${AT_ONCE} created it`);
    });
    const ofParts = 'an upload in parts completed with If-None-Match: * on a taken name';
    await this.trials.try('conditional-create-of-parts', ofParts, () => this.#tryParts());
  }

  async #tryParts() {
    const key = this.#key('object');
    const at = this.#connection.at(key);
    const { client } = this.#connection;
    const begun = await this.#ask(key, (o) => client.send(new CreateMultipartUploadCommand(at), o));
    if (!begun.output?.UploadId) return answer(false, begun.words);
    const upload = { ...at, UploadId: begun.output.UploadId };
    const put = new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'another' });
    const part = await this.#ask(key, (o) => client.send(put, o));
    const complete = new CompleteMultipartUploadCommand({
      ...upload,
      IfNoneMatch: '*',
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.output?.ETag ?? '' }] },
    });
    const done = await this.#ask(key, (o) => client.send(complete, o));
    if (!done.output) await this.#ask(key, (o) => client.send(new AbortMultipartUploadCommand(upload), o));
    return answer([409, 412].includes(done.status), done.words);
  }

  async #tryChecksums(): Promise<void> {
    await this.trials.try(
      'refuses-altered-bytes',
      'PUT signed for other bytes, and PUT with a wrong Content-MD5',
      async () => {
        const signed = await this.#putSignedWrong();
        const md5 = await this.#put('altered', { ContentMD5: Buffer.alloc(16).toString('base64') });
        const isThere = await this.#isListed(this.#key('altered'));
        return answer(!signed.output && !md5.output && !isThere, `${signed.words}; ${md5.words}`);
      },
    );
    const tried = 'PUT with a wrong x-amz-checksum-sha256, and with the right one, which HEAD must tell';
    await this.trials.try('checks-checksums', tried, async () => {
      const right = createHash('sha256').update(BODY).digest('base64');
      const wrong = await this.#put('checked', { ChecksumSHA256: WRONG_SHA256.toString('base64') });
      const good = await this.#put('checked', { ChecksumSHA256: right });
      const key = this.#key('checked');
      const head = new HeadObjectCommand({ ...this.#connection.at(key), ChecksumMode: 'ENABLED' });
      const told = await this.#ask(key, (o) => this.#connection.client.send(head, o));
      const isTold = told.output?.ChecksumSHA256 === right;
      const words = `${wrong.words}; ${good.words}, HEAD tells ${isTold ? 'it' : 'nothing of it'}`;
      return answer(!wrong.output && good.output !== null && isTold, words);
    });
  }

  async #tryVersions(): Promise<void> {
    const { client, bucket } = this.#connection;
    const key = this.#key('versions');
    const keeps = await this.trials.try(
      'versions',
      'two PUTs on one name, and GET of the first',
      async () => {
        const state = await this.#ask(key, (o) =>
          client.send(new GetBucketVersioningCommand({ Bucket: bucket }), o),
        );
        const first = await this.#put('versions', { Body: 'first' });
        await this.#put('versions', { Body: 'second' });
        const VersionId = first.output?.VersionId;
        const words = `versioning ${state.output?.Status ?? 'never switched on'}`;
        if (!VersionId || VersionId === 'null') return answer(false, words);
        const { bytes } = await this.#get(key, { VersionId });
        return answer(String(bytes) === 'first', `${words}; the first is ${bytes ? 'there' : 'gone'}`);
      },
    );
    if (!keeps) return this.trials.tell('delete-markers', 'no', 'the bucket keeps no versions');
    await this.trials.try(
      'delete-markers',
      'DELETE of the name, then GET of it and of its version',
      async () => {
        const removed = await this.#ask(key, (o) =>
          client.send(new DeleteObjectCommand(this.#connection.at(key)), o),
        );
        const list = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: this.#connection.at(key).Key });
        const { output } = await this.#ask(key, (o) => client.send(list, o));
        const marker = output?.DeleteMarkers?.[0];
        const now = await this.#get(key);
        const VersionId = output?.Versions?.[0]?.VersionId;
        const under = VersionId ? (await this.#get(key, { VersionId })).bytes : null;
        const isSo = marker !== undefined && now.status === 404 && under !== null;
        return answer(isSo, `${removed.words}; ${now.words}; under it ${under ? 'the version' : 'nothing'}`);
      },
    );
  }

  async #tryLocks(): Promise<void> {
    const until = new Date(this.#now() + this.#lockMs);
    const tried = `PUT of a canary locked until ${until.toISOString()}, and its retention`;
    const governed = await this.#put('canary', {
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: until,
    });
    const id = governed.output?.VersionId;
    const takes = await this.trials.try('locks', tried, async () => {
      if (!id) return answer(false, governed.words);
      const key = this.#key('canary');
      const get = new GetObjectRetentionCommand({ ...this.#connection.at(key), VersionId: id });
      const told = await this.#ask(key, (o) => this.#connection.client.send(get, o));
      const isHeld = told.output?.Retention?.RetainUntilDate !== undefined;
      return answer(isHeld, `${governed.words}; ${isHeld ? 'held' : told.words}`);
    });
    if (!takes || !id) {
      this.trials.tell('locks-hold', 'no', 'there are no locks');
      return this.trials.tell('governance-holds', 'no', 'there are no locks');
    }
    await this.#tryToBreak(id, until);
  }

  /** As somebody who has stolen the keys would. */
  async #tryToBreak(governed: string, until: Date): Promise<void> {
    const tried = 'DELETE of a canary under governance, and of one under compliance with the bypass header';
    await this.trials.try('locks-hold', tried, async () => {
      const plain = await this.#remove('canary', governed);
      const strict = await this.#put('canary-strict', {
        ObjectLockMode: 'COMPLIANCE',
        ObjectLockRetainUntilDate: until,
      });
      const id = strict.output?.VersionId;
      if (!id) return answer(false, `${plain.words}; compliance ${strict.words}`);
      const bypassed = await this.#remove('canary-strict', id, true);
      const areThere =
        (await this.#get(this.#key('canary'), { VersionId: governed })).bytes !== null &&
        (await this.#get(this.#key('canary-strict'), { VersionId: id })).bytes !== null;
      const words = `${plain.words}; ${bypassed.words}; both are ${areThere ? 'still there' : 'not there'}`;
      return answer(!plain.output && !bypassed.output && areThere, words);
    });
    await this.trials.try('governance-holds', 'DELETE under governance with the bypass header', async () => {
      const bypassed = await this.#remove('canary', governed, true);
      return answer(!bypassed.output, bypassed.words);
    });
  }

  #put(name: string, input: Partial<PutObjectCommandInput> = {}) {
    const key = this.#key(name);
    // A lock wants a checksum with it, and MD5 is the one that all servers know.
    const md5 = input.ObjectLockMode && { ContentMD5: createHash('md5').update(BODY).digest('base64') };
    const put = new PutObjectCommand({ Body: BODY, ...md5, ...this.#connection.at(key), ...input });
    return this.#ask(key, (options) => this.#connection.client.send(put, options));
  }

  /** The signature says that the body is another one: as if it had been changed on the way. */
  #putSignedWrong() {
    const key = this.#key('altered');
    const put = new PutObjectCommand({ Body: BODY, ...this.#connection.at(key) });
    put.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        headers['x-amz-content-sha256'] = WRONG_SHA256.toString('hex');
        return next(args);
      },
      { step: 'build', name: 'signWrong' },
    );
    return this.#ask(key, (options) => this.#connection.client.send(put, options));
  }

  async #get(key: string, input: { Range?: string; VersionId?: string } = {}) {
    const get = new GetObjectCommand({ ...this.#connection.at(key), ...input });
    let bytes: Buffer | null = null;
    const { status, words } = await this.#ask(key, async (options) => {
      const found = await this.#connection.client.send(get, options);
      bytes = Buffer.from((await found.Body?.transformToByteArray()) ?? []);
      return found;
    });
    return { bytes: bytes as Buffer | null, status, words };
  }

  #remove(name: string, VersionId: string, bypass = false) {
    const key = this.#key(name);
    const remove = new DeleteObjectCommand({
      ...this.#connection.at(key),
      VersionId,
      ...(bypass && { BypassGovernanceRetention: true }),
    });
    return this.#ask(key, (options) => this.#connection.client.send(remove, options));
  }

  async #isListed(key: string): Promise<boolean> {
    const list = new ListObjectsV2Command({
      Bucket: this.#connection.bucket,
      Prefix: this.#connection.at(key).Key,
    });
    const { output } = await this.#ask(key, (options) => this.#connection.client.send(list, options));
    return (output?.Contents ?? []).length > 0;
  }

  async #clearPlainly(): Promise<void> {
    const { client, bucket, prefix } = this.#connection;
    const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefix}${this.#folder}/` });
    const { output } = await this.#ask('', (o) => client.send(list, o)).catch(() => ({ output: null }));
    for (const { Key = '' } of output?.Contents ?? [])
      await this.#ask(Key, (o) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key }), o)).catch(
        () => null, // what cannot be reached now is removed by the next probe
      );
  }

  #ask<T extends { $metadata: { httpStatusCode?: number | undefined } }>(
    key: string,
    send: (options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<Came<T>> {
    return trial(this.#connection, key, send);
  }

  /** The lock's end is measured by the server's clock. */
  #now(): number {
    const seen = this.#serverTime;
    return seen ? seen.theirs.getTime() + Date.now() - seen.seen : Date.now();
  }

  #key(name: string): string {
    return `${this.#folder}/${name}`;
  }
}
