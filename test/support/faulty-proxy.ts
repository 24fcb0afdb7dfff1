/** An HTTP proxy that can be told to misbehave, between a client and a real S3 server. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a request asks of S3. */
export type RequestKind =
  | 'put'
  | 'get'
  | 'head'
  | 'remove'
  | 'list'
  | 'list-versions'
  | 'begin-upload'
  | 'put-part'
  | 'complete-upload'
  | 'abort-upload'
  | 'list-uploads'
  | 'list-parts'
  | 'lock'
  | 'read-lock'
  | 'bucket';

/** What happens to a request. */
export type Mishap =
  /** The connection breaks before the server hears of it. */
  | 'lost-request'
  /** The server did it, and the answer never comes. */
  | 'lost-answer'
  /** The connection breaks in the middle of the body. */
  | 'cut-request'
  | 'cut-answer'
  /** One bit of the body is another. */
  | 'flipped-request'
  | 'flipped-answer'
  /** Nothing is ever answered; or half of it, and then nothing; or a byte now and then. */
  | 'silence'
  | 'stalled-answer'
  | 'dripping-answer'
  | 'slow-down'
  | 'denied';

export interface Seen {
  kind: RequestKind;
  at: number;
  /** Whether a SHA-256 came with it as a checksum. */
  hasChecksum: boolean;
  /** Bytes of the request's body. */
  bytes: number;
}

interface Plan {
  kind: RequestKind | null;
  mishap: Mishap;
  times: number;
  /** Passes so many requests between two mishaps. */
  every: number;
  passed: number;
}

const DRIP_MS = 50;

/** A running proxy. Healthy until it is told otherwise. */
export class FaultyProxy implements AsyncDisposable {
  readonly seen: Seen[] = [];
  readonly #target: URL;
  readonly #server = createServer((asked, answer) => {
    this.#handle(asked, answer).catch(() => asked.socket.destroy());
  });
  #plans: Plan[] = [];
  #hidden: RegExp | null = null;
  #rotten: RegExp | null = null;
  #aged: { keys: RegExp; days: number }[] = [];
  /** SHA-256 of what was put under each path, where this plays a server that checks it. */
  #checksums: Map<string, string> | null = null;

  private constructor(target: URL) {
    this.#target = target;
  }

  static async start(target: URL): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Plans a mishap for the next requests of a kind, or of any. `every` lets it happen to each so-many-th only. */
  plan(
    mishap: Mishap,
    {
      kind = null,
      times = Number.POSITIVE_INFINITY,
      every = 1,
    }: { kind?: RequestKind | null; times?: number; every?: number } = {},
  ): void {
    this.#plans.push({ kind, mishap, times, every, passed: 0 });
  }

  /** Leaves objects out of lists, as a store does whose lists are late. */
  hideFromLists(keys: RegExp): void {
    this.#hidden = keys;
  }

  /** Tells of objects and uploads in lists that they were written days before: no server can be told to date them back. */
  age(keys: RegExp, days: number): void {
    this.#aged.push({ keys, days });
  }

  /** Gives objects back with one bit changed, always the same, as if they lay so on the disk. */
  rot(paths: RegExp): void {
    this.#rotten = paths;
  }

  /** Plays a server that checks `x-amz-checksum-sha256` and tells it again when asked, which Ceph does not. */
  checkChecksums(): void {
    this.#checksums = new Map();
  }

  /** Ends all mishaps, and forgets what was seen. */
  heal(): void {
    this.#plans = [];
    this.#hidden = null;
    this.#rotten = null;
    this.#aged = [];
    this.seen.length = 0;
  }

  count(kind: RequestKind): number {
    return this.seen.filter((one) => one.kind === kind).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #handle(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const kind = kindOf(asked);
    const seen: Seen = {
      kind,
      at: performance.now(),
      hasChecksum: 'x-amz-checksum-sha256' in asked.headers,
      bytes: 0,
    };
    this.seen.push(seen);
    const mishap = this.#next(kind);
    asked.on('error', () => {});
    answer.on('error', () => {});
    if (mishap === 'lost-request') return void asked.socket.resetAndDestroy();
    if (mishap === 'silence') return void asked.resume();

    const body = Buffer.concat(await Array.fromAsync(asked as AsyncIterable<Buffer>));
    seen.bytes = body.length;
    if (mishap === 'slow-down') return refuse(answer, 503, 'SlowDown');
    if (mishap === 'denied') return refuse(answer, 403, 'AccessDenied');
    if (!this.#checksumFits(kind, asked, body)) return refuse(answer, 400, 'BadDigest');
    if (mishap === 'cut-request') {
      await this.#forwardHalf(asked, body);
      return void asked.socket.resetAndDestroy();
    }
    const { head, text } = await this.#forward(asked, mishap === 'flipped-request' ? flipped(body) : body);
    if (mishap === 'lost-answer') return void asked.socket.resetAndDestroy();
    const isAsked = kind === 'head' && asked.headers['x-amz-checksum-mode'] === 'ENABLED';
    const told = isAsked && this.#checksums?.get(asked.url!.split('?')[0]!);
    if (told) head.headers['x-amz-checksum-sha256'] = told;
    const isRotten = kind === 'get' && this.#rotten?.test(asked.url!);
    await give(
      answer,
      head,
      this.#aging(kind, this.#withoutHidden(kind, text)),
      isRotten ? 'flipped-answer' : mishap,
    );
  }

  #checksumFits(kind: RequestKind, asked: IncomingMessage, body: Buffer): boolean {
    const claimed = asked.headers['x-amz-checksum-sha256'];
    if (!this.#checksums || typeof claimed !== 'string') return true;
    const found = createHash('sha256').update(body).digest('base64');
    if (kind === 'put' && found === claimed) this.#checksums.set(asked.url!.split('?')[0]!, found);
    return found === claimed;
  }

  #next(kind: RequestKind): Mishap | null {
    const plan = this.#plans.find((one) => one.times > 0 && (one.kind === null || one.kind === kind));
    if (!plan || ++plan.passed % plan.every !== 0) return null;
    plan.times--;
    return plan.mishap;
  }

  #forward(asked: IncomingMessage, body: Buffer): Promise<{ head: IncomingMessage; text: Buffer }> {
    return new Promise((resolve, reject) => {
      const onward = this.#onward(asked, async (head) => {
        const text = Buffer.concat(await Array.fromAsync(head as AsyncIterable<Buffer>));
        resolve({ head, text });
      });
      onward.on('error', reject).end(body);
    });
  }

  /** The server sees a connection that breaks in the middle of what it was promised. */
  async #forwardHalf(asked: IncomingMessage, body: Buffer): Promise<void> {
    const onward = this.#onward(asked, (head) => head.resume());
    onward.on('error', () => {});
    await new Promise((done) => onward.write(body.subarray(0, body.length >> 1), done));
    onward.destroy();
  }

  #onward(asked: IncomingMessage, listen: (head: IncomingMessage) => void) {
    // The client's own Host is signed, so it goes on unchanged.
    const { expect: _, ...headers } = asked.headers;
    const { hostname, port } = this.#target;
    return request({ hostname, port, method: asked.method, path: asked.url, headers, agent: false }, listen);
  }

  #aging(kind: RequestKind, text: Buffer): Buffer {
    if (this.#aged.length === 0 || (kind !== 'list' && kind !== 'list-uploads')) return text;
    const older = text.toString().replace(/<(Contents|Upload)>.*?<\/\1>/gs, (one) => {
      const key = /<Key>(.*?)<\/Key>/s.exec(one)?.[1] ?? '';
      const days = this.#aged.find(({ keys }) => keys.test(key))?.days ?? 0;
      return one.replace(/(?<=<(?:LastModified|Initiated)>)[^<]+/, (at) =>
        new Date(Date.parse(at) - days * 86_400_000).toISOString(),
      );
    });
    return Buffer.from(older);
  }

  #withoutHidden(kind: RequestKind, text: Buffer): Buffer {
    const hidden = this.#hidden;
    if (kind !== 'list' || !hidden) return text;
    const kept = text
      .toString()
      .replace(/<Contents>.*?<\/Contents>/gs, (one) =>
        hidden.test(/<Key>(.*?)<\/Key>/s.exec(one)?.[1] ?? '') ? '' : one,
      );
    return Buffer.from(kept);
  }
}

function kindOf({ method, url = '' }: IncomingMessage): RequestKind {
  const { pathname, searchParams } = new URL(url, 'http://proxy');
  const has = (name: string) => searchParams.has(name);
  if (pathname.split('/').filter(Boolean).length < 2) {
    if (has('uploads')) return 'list-uploads';
    if (has('versions')) return 'list-versions';
    return method === 'GET' && has('list-type') ? 'list' : 'bucket';
  }
  if (has('uploads')) return 'begin-upload';
  if (has('retention') || has('legal-hold')) return method === 'PUT' ? 'lock' : 'read-lock';
  if (has('uploadId'))
    return { PUT: 'put-part', POST: 'complete-upload', GET: 'list-parts', DELETE: 'abort-upload' }[
      method ?? ''
    ] as RequestKind;
  return { PUT: 'put', GET: 'get', HEAD: 'head', DELETE: 'remove' }[method ?? ''] as RequestKind;
}

function refuse(answer: ServerResponse, status: number, code: string): void {
  answer.writeHead(status, { 'content-type': 'application/xml' });
  answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>told so</Message></Error>`);
}

async function give(
  answer: ServerResponse,
  head: IncomingMessage,
  text: Buffer,
  mishap: Mishap | null,
): Promise<void> {
  const { 'transfer-encoding': _, ...headers } = head.headers;
  // The answer to HEAD tells the length of a body that does not come.
  const bytes = answer.req.method === 'HEAD' ? headers['content-length'] : text.length;
  answer.writeHead(head.statusCode ?? 502, {
    ...headers,
    ...(bytes !== undefined && { 'content-length': bytes }),
  });
  if (mishap === 'flipped-answer') return void answer.end(flipped(text));
  if (mishap === 'dripping-answer') return drip(answer, text);
  if (mishap !== 'cut-answer' && mishap !== 'stalled-answer') return void answer.end(text);
  await new Promise((done) => answer.write(text.subarray(0, text.length >> 1), done));
  if (mishap === 'cut-answer') answer.socket?.resetAndDestroy();
}

async function drip(answer: ServerResponse, text: Buffer): Promise<void> {
  for (const byte of text) {
    if (answer.destroyed) return;
    answer.write(Buffer.of(byte));
    await sleep(DRIP_MS);
  }
  answer.end();
}

function flipped(text: Buffer): Buffer {
  const copy = Buffer.from(text);
  if (copy.length > 0) copy[copy.length >> 1]! ^= 1;
  return copy;
}
