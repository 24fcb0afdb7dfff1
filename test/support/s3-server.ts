/** A real S3 server for the tests: Ceph's gateway on loopback, with nothing left of it afterwards. */
import { rm } from 'node:fs/promises';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CephCluster } from './ceph.ts';
import { makeFastFolder } from './folders.ts';

/** A running S3 server and the keys of its one user. Path-style addresses, no trailing checksums (`WHEN_REQUIRED`). */
export interface S3Server extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Makes an empty bucket; with `objectLock`, one whose objects can be held against removal. */
  createBucket(name: string, options?: { objectLock?: boolean }): Promise<void>;
  /** Begins an upload in parts, sends the first, and never ends it. */
  breakOffUpload(bucket: string, key: string): Promise<void>;
  /** Ends the gateway as a power cut would; the objects stay. */
  killGateway(): Promise<void>;
  /** Brings the gateway back on the same address after `killGateway`. */
  startGateway(): Promise<void>;
  /** Ends the server and removes everything it kept. */
  stop(): Promise<void>;
}

/** Starts a server of one's own, in about two seconds. Most tests want `sharedS3Server`. */
export async function startS3Server(): Promise<S3Server> {
  const folder = await makeFastFolder('s3');
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  const cluster = await CephCluster.start(folder);
  cleanUp.defer(() => cluster.kill());
  const user = await cluster.createUser('tester');

  const endpoint = `http://127.0.0.1:${cluster.gatewayPort}`;
  const region = 'us-east-1';
  const connect = () =>
    new S3Client({
      endpoint,
      region,
      credentials: user,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
  const ended = cleanUp.move();
  const stop = () => ended.disposeAsync();
  return {
    endpoint,
    region,
    ...user,
    async createBucket(name, { objectLock = false } = {}) {
      const client = connect();
      await client.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: objectLock }));
      client.destroy();
    },
    async breakOffUpload(Bucket, Key) {
      const client = connect();
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      await client.send(
        new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: Buffer.alloc(6 << 20) }),
      );
      client.destroy();
    },
    killGateway: () => cluster.killGateway(),
    startGateway: () => cluster.startGateway(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

let shared: Promise<S3Server> | null = null;

/**
 * The server that all tests of a mocha run share, started by the first that asks and stopped after the last test.
 * Call it in a `before` hook with the hook's `this`; each test makes its own bucket. With REPRISE_TEST_WITHOUT_S3=1
 * the tests are skipped; a missing program is an error and never a skip.
 */
export function sharedS3Server(context: Mocha.Context): Promise<S3Server> {
  if (process.env.REPRISE_TEST_WITHOUT_S3 === '1') context.skip();
  shared ??= startS3Server();
  return shared;
}

// At the top of a module mocha takes this as a hook of the whole run; outside mocha there is nothing shared.
if (typeof after === 'function') {
  after('stop the shared S3 server', async () => {
    await (await shared?.catch(() => null))?.stop();
    shared = null;
  });
}
