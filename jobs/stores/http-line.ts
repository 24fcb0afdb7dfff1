/**
 * One connection to an HTTP server, over which GET is asked and the body written by the kernel where it is wanted. Node's
 * own client makes a buffer of 64 KiB for each read; on a fast line, making and collecting these costs more than the rest.
 */
import net from 'node:net';
import tls from 'node:tls';

/** Where to connect to. `tls` holds what a test trusts besides. */
export interface Origin {
  host: string;
  port: number;
  isSecure: boolean;
  tls?: tls.ConnectionOptions;
  /** Instead of the system's own. */
  lookup?: net.LookupFunction;
}

export interface Head {
  status: number;
  /** Names in small letters. */
  headers: Record<string, string>;
}

/** The answer is not one whose body can be read in place: another status, no length, or longer than there is room. */
export class NotInPlace extends Error {
  override name = 'NotInPlace';
}

const HEAD_BYTES = 64 << 10;
/** A read is never longer, so that others have their turn. */
const READ_BYTES = 1 << 20;

export class HttpLine {
  readonly socket: net.Socket;
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headBytes = 0;
  #answer: { head: Head; total: number; into: Uint8Array; filled: number } | null = null;
  #asked: { into: Uint8Array; done: PromiseWithResolvers<{ head: Head; bytes: number }> } | null = null;

  private constructor({ host, port, isSecure, tls: trust, lookup }: Origin) {
    const onread = {
      buffer: () => this.#room(),
      callback: (bytes: number, read: Uint8Array) => this.#took(read.subarray(0, bytes)),
    };
    const options = { host, port, noDelay: true, onread, ...(lookup && { lookup }) };
    const name = net.isIP(host) ? {} : { servername: host };
    this.socket = isSecure ? tls.connect({ ...options, ...name, ...trust }) : net.connect(options);
    this.socket.on('error', (error) => this.#fail(error));
    this.socket.on('timeout', () => this.#fail(new Error('nothing came')));
    this.socket.on('end', () => this.#fail(new Error('the connection was cut')));
    this.socket.on('close', () => this.#fail(new Error('the connection was cut')));
  }

  /** Connects, within so many milliseconds. */
  static async open(origin: Origin, connectMs: number, signal: AbortSignal): Promise<HttpLine> {
    const line = new HttpLine(origin);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    line.socket.setTimeout(connectMs);
    line.socket.once(origin.isSecure ? 'secureConnect' : 'connect', resolve);
    line.socket.once('close', () => reject(new Error('could not connect')));
    using _stop = whenAborted(signal, () => line.socket.destroy());
    await promise;
    return line;
  }

  /** Whether another request may be sent. */
  get isFree(): boolean {
    return !this.socket.destroyed && this.#asked === null;
  }

  /**
   * Asks for `path`, and answers when the whole body lies in `into`. Throws `NotInPlace` for an answer that is not fit for
   * it. After any failure the connection is closed.
   */
  async get(
    path: string,
    headers: Record<string, string>,
    { into, silenceMs, signal }: { into: Uint8Array; silenceMs: number; signal: AbortSignal },
  ): Promise<{ head: Head; bytes: number }> {
    const lines = [
      `GET ${path} HTTP/1.1`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    if (lines.some((line) => /[\r\n]/.test(line))) throw new NotInPlace('a header of more than one line');
    const done = Promise.withResolvers<{ head: Head; bytes: number }>();
    this.#asked = { into, done };
    this.#answer = null;
    this.#headBytes = 0;
    this.socket.setTimeout(silenceMs);
    using _stop = whenAborted(signal, () => this.#fail(new DOMException('It was stopped.', 'AbortError')));
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    return await done.promise;
  }

  close(): void {
    this.socket.destroy();
  }

  /** Where the next bytes go. */
  #room(): Uint8Array {
    if (!this.#answer) return this.#head.subarray(this.#headBytes);
    const { into, filled, total } = this.#answer;
    return filled < total ? into.subarray(filled, Math.min(total, filled + READ_BYTES)) : this.#head;
  }

  #took(read: Uint8Array): boolean {
    try {
      if (!this.#asked) throw new Error('an answer to nothing');
      if (this.#answer) this.#answer.filled += read.length;
      else this.#readHead(read, this.#asked.into);
      this.#endWhenWhole();
    } catch (error) {
      this.#fail(error as Error);
    }
    return true;
  }

  #readHead(read: Uint8Array, into: Uint8Array): void {
    this.#headBytes += read.length;
    const end = this.#head.subarray(0, this.#headBytes).indexOf('\r\n\r\n');
    if (end < 0 && this.#headBytes < HEAD_BYTES) return;
    if (end < 0) throw new NotInPlace('a head without an end');
    const head = parseHead(this.#head.toString('latin1', 0, end));
    const total = lengthOf(head, into.length);
    const begun = this.#head.subarray(end + 4, this.#headBytes);
    if (begun.length > total) throw new NotInPlace('more than was announced');
    into.set(begun, 0);
    this.#answer = { head, total, into, filled: begun.length };
  }

  #endWhenWhole(): void {
    if (!this.#answer || this.#answer.filled < this.#answer.total) return;
    const { head, total } = this.#answer;
    const { done } = this.#asked!;
    this.#asked = null;
    this.#answer = null;
    this.#headBytes = 0;
    if (head.headers.connection?.toLowerCase() === 'close') this.close();
    done.resolve({ head, bytes: total });
  }

  #fail(error: Error): void {
    this.socket.destroy();
    this.#asked?.done.reject(error);
    this.#asked = null;
  }
}

function parseHead(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(first)?.[1];
  if (!status) throw new NotInPlace('not HTTP/1.1');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const found = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (!found) throw new NotInPlace('a header that is none');
    const name = found[1]!.toLowerCase();
    if (headers[name] !== undefined) throw new NotInPlace('a header that comes twice');
    headers[name] = found[2]!;
  }
  return { status: Number(status), headers };
}

/** How long the body is. Only a whole object of a known length, as it lies in the store, can be read in place. */
function lengthOf({ status, headers }: Head, room: number): number {
  const length = headers['content-length'] ?? '';
  if (status !== 200 || headers['transfer-encoding'] !== undefined || headers['content-encoding'])
    throw new NotInPlace(`status ${status}`);
  if (!/^\d{1,15}$/.test(length) || Number(length) > room) throw new NotInPlace('no room');
  return Number(length);
}

function whenAborted(signal: AbortSignal, stop: () => void): Disposable {
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', stop) };
}
