/** Lets the S3 client read whole objects in place; all else goes the usual way. */
import { Readable } from 'node:stream';
import { type Head, HttpLine, type Origin } from './http-line.ts';
import type { Reach } from './reach.ts';

/** Memory for a body, and how much of it was filled. */
export interface Place {
  into: Uint8Array;
  bytes: number;
}

/** What the client sends, signed. */
interface HttpRequest {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
}

/** Passed through by the client from where it is asked. */
export interface InPlaceOptions {
  abortSignal?: AbortSignal;
  place?: Place;
}

/** What the client hands requests to. */
interface Handler {
  handle(request: HttpRequest, options?: InPlaceOptions): Promise<{ response: object }>;
}

/** Idle connections are let go after so long. */
const IDLE_MS = 5_000;

export class InPlace implements Handler {
  readonly #usual: Handler;
  readonly #connectMs: number;
  readonly #silenceMs: number;
  readonly #trust: Pick<Origin, 'tls'>;
  readonly #reach: Reach | null;
  readonly #idle = new Map<string, HttpLine[]>();

  constructor(
    usual: Handler,
    {
      connectMs,
      silenceMs,
      reach = null,
      ...trust
    }: { connectMs: number; silenceMs: number; reach?: Reach | null } & Pick<Origin, 'tls'>,
  ) {
    this.#usual = usual;
    this.#connectMs = connectMs;
    this.#silenceMs = silenceMs;
    this.#trust = trust;
    this.#reach = reach;
  }

  async handle(request: HttpRequest, options: InPlaceOptions = {}): Promise<{ response: object }> {
    // Sockets look again; this says in words what they would only call a broken connection, and sees bare addresses too.
    await this.#reach?.check(request.hostname);
    if (!options.place) return this.#usual.handle(request, options);
    const signal = options.abortSignal ?? new AbortController().signal;
    const { head, bytes } = await this.#get(request, options.place.into, signal);
    options.place.bytes = bytes;
    // The client wants a body: what is in place needs none.
    return { response: { statusCode: head.status, headers: head.headers, body: Readable.from([]) } };
  }

  /** The client looks through to these. */
  get metadata(): unknown {
    return (this.#usual as { metadata?: unknown }).metadata;
  }

  destroy(): void {
    for (const lines of this.#idle.values()) for (const line of lines) line.close();
    this.#idle.clear();
    (this.#usual as { destroy?: () => void }).destroy?.();
  }

  async #get(
    { protocol, hostname, port, path, query, headers }: HttpRequest,
    into: Uint8Array,
    signal: AbortSignal,
  ): Promise<{ head: Head; bytes: number }> {
    const isSecure = protocol === 'https:';
    const lookup = this.#reach && { lookup: this.#reach.lookup };
    const origin = {
      host: hostname,
      port: port ?? (isSecure ? 443 : 80),
      isSecure,
      ...this.#trust,
      ...lookup,
    };
    const name = `${protocol}//${hostname}:${origin.port}`;
    const line = this.#idleOne(name) ?? (await HttpLine.open(origin, this.#connectMs, signal));
    line.socket.ref();
    const answer = await line.get(addressOf(path, query), headers, {
      into,
      silenceMs: this.#silenceMs,
      signal,
    });
    this.#rest(name, line);
    return answer;
  }

  #idleOne(name: string): HttpLine | undefined {
    const lines = this.#idle.get(name) ?? [];
    for (let line = lines.pop(); line; line = lines.pop()) if (line.isFree) return line;
    return undefined;
  }

  #rest(name: string, line: HttpLine): void {
    if (!line.isFree) return;
    line.socket.unref();
    line.socket.setTimeout(IDLE_MS);
    this.#idle.set(name, [...(this.#idle.get(name) ?? []), line]);
  }
}

function addressOf(path: string, query: HttpRequest['query'] = {}): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    [value]
      .flat()
      .map((one) => (one === null || one === undefined ? encoded(name) : `${encoded(name)}=${encoded(one)}`)),
  );
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
}

/** As it was signed. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
