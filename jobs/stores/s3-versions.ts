/** What lies under the keys of an S3 bucket: older versions, delete markers, and locks on them. */
import {
  DeleteObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import { because } from '../recovery-points/finding-codes.ts';
import type { S3Connection } from './s3-connection.ts';
import { isAbsent } from './s3-errors.ts';
import { readWhole } from './s3-read.ts';
import { explainLock } from './s3-writing.ts';
import { type Locks, type Retention, StoreError, type Version, type Versions } from './store.ts';

/** Names under which servers say that a version, or its bucket, has no lock. */
const NOT_HELD = ['NoSuchObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError'];

export class S3Versions implements Versions {
  readonly #connection: S3Connection;
  readonly #locks: Locks;

  constructor(connection: S3Connection, locks: Locks) {
    this.#connection = connection;
    this.#locks = locks;
  }

  async *list(prefix: string): AsyncIterable<Version> {
    let from: { KeyMarker?: string; VersionIdMarker?: string } | null = {};
    while (from) {
      const page = await this.#page(prefix, from);
      yield* versionsOf(page, this.#connection.prefix.length);
      from =
        page.IsTruncated && page.NextKeyMarker
          ? {
              KeyMarker: page.NextKeyMarker,
              ...(page.NextVersionIdMarker && { VersionIdMarker: page.NextVersionIdMarker }),
            }
          : null;
    }
  }

  get(key: string, id: string, { signal }: { signal?: AbortSignal } = {}): Promise<Buffer> {
    return readWhole(this.#connection, key, { versionId: id, signal });
  }

  async remove(key: string, id: string): Promise<void> {
    const remove = new DeleteObjectCommand({ ...this.#connection.at(key), VersionId: id });
    try {
      await this.#connection.ask({ verb: 'remove', key }, (options) =>
        this.#connection.client.send(remove, options).catch((error: unknown) => {
          if (!isAbsent(error)) throw error;
        }),
      );
    } catch (error) {
      if (!(error instanceof StoreError) || error.fault !== 'denied') throw error;
      throw (await this.#explainLock(key, id)) ?? error;
    }
  }

  #page(prefix: string, from: object): Promise<ListObjectVersionsCommandOutput> {
    const { client, bucket, prefix: root } = this.#connection;
    const list = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: root + prefix, ...from });
    return this.#connection.ask({ verb: 'list', key: prefix }, (options) => client.send(list, options));
  }

  /** A server says no more than "denied". Null when no lock is the reason, or none can be seen. */
  async #explainLock(key: string, id: string): Promise<StoreError | null> {
    const seen = await Promise.allSettled([this.#locks.retention(key, id), this.#locks.legalHold(key, id)]);
    const retention = seen[0].status === 'fulfilled' ? seen[0].value : null;
    const isHeld = seen[1].status === 'fulfilled' && seen[1].value;
    if (!isHeld && !(retention && retention.until > new Date())) return null;
    const until = isHeld ? '∞' : (retention?.until.toISOString() ?? '');
    return new StoreError(
      'refused',
      because('store.locked', { address: this.#connection.address, object: key, until }),
      `${key} cannot be removed: it is ${isHeld ? 'on legal hold' : `locked until ${until}`}.`,
      { key },
    );
  }
}

export class S3Locks implements Locks {
  readonly #connection: S3Connection;

  constructor(connection: S3Connection) {
    this.#connection = connection;
  }

  async retention(key: string, id?: string): Promise<Retention | null> {
    const get = new GetObjectRetentionCommand(this.#at(key, id));
    const found = await this.#look(key, (options) => this.#connection.client.send(get, options));
    const { Mode, RetainUntilDate } = found?.Retention ?? {};
    if (!Mode || !RetainUntilDate) return null;
    return { mode: Mode === 'GOVERNANCE' ? 'governance' : 'compliance', until: RetainUntilDate };
  }

  async legalHold(key: string, id?: string): Promise<boolean> {
    const get = new GetObjectLegalHoldCommand(this.#at(key, id));
    const found = await this.#look(key, (options) => this.#connection.client.send(get, options));
    return found?.LegalHold?.Status === 'ON';
  }

  async extendRetention(
    key: string,
    until: Date,
    { mode = 'governance', id }: { mode?: Retention['mode']; id?: string } = {},
  ): Promise<void> {
    const now = await this.retention(key, id);
    if (now && now.until >= until) return;
    const Mode = (now?.mode ?? mode) === 'governance' ? 'GOVERNANCE' : 'COMPLIANCE';
    const extend = new PutObjectRetentionCommand({
      ...this.#at(key, id),
      Retention: { Mode, RetainUntilDate: until },
    });
    await this.#connection.ask({ verb: 'lock', key }, (options) =>
      this.#connection.client.send(extend, options).catch((error: unknown) => {
        throw explainLock(this.#connection, key, error);
      }),
    );
  }

  /** A version without a lock, and one in a bucket that knows none, are answered with errors. */
  #look<T>(key: string, send: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T | null> {
    return this.#connection.ask({ verb: 'look at', key }, (options) =>
      send(options).catch((error: Error) => {
        if (NOT_HELD.includes(error.name) || error.name === 'InvalidRequest') return null;
        throw error;
      }),
    );
  }

  #at(key: string, id: string | undefined) {
    return { ...this.#connection.at(key), ...(id && { VersionId: id }) };
  }
}

/** S3 answers versions and markers apart; together they are in order of the key and then of their time, newest first. */
function versionsOf({ Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput, cut: number) {
  const versions = Versions.map((one) => ({ ...one, isDeleteMarker: false }));
  const markers = DeleteMarkers.map((one) => ({ ...one, Size: 0, isDeleteMarker: true }));
  return [...versions, ...markers]
    .map(({ Key = '', VersionId = '', IsLatest = false, Size = 0, LastModified, isDeleteMarker }) => ({
      key: Key.slice(cut),
      id: VersionId,
      isLatest: IsLatest,
      isDeleteMarker,
      bytes: Size,
      modifiedAt: LastModified ?? new Date(0),
    }))
    .sort(
      (a, b) =>
        Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) ||
        Number(b.isLatest) - Number(a.isLatest) ||
        Number(b.modifiedAt) - Number(a.modifiedAt),
    );
}
