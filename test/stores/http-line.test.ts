/** Reading in place, from servers that answer well and badly. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { HttpLine, type Origin } from '#/jobs/stores/http-line.ts';

const BODY = Buffer.from(Array.from({ length: 3_000_000 }, (_, place) => (place * 31) % 251));
const CALM = new AbortController().signal;

describe('a line to an HTTP server', () => {
  const servers: (Server | net.Server)[] = [];
  after(() => {
    for (const server of servers) server.close();
  });

  const listen = async (server: Server | net.Server): Promise<Origin> => {
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, isSecure: false };
  };
  /** A server that says, to each request, just these bytes. */
  const saying = (say: (socket: Socket) => void) =>
    listen(
      net.createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', () => say(socket));
      }),
    );
  const serving = (answer: RequestListener) => listen(createServer(answer));
  const get = (line: HttpLine, into: Uint8Array, signal = CALM, silenceMs = 5000) =>
    line.get('/thing', { host: 'here' }, { into, silenceMs, signal });
  /** How asking once ends: the bytes, or the error's words. */
  const outcome = async (origin: Origin, room = 4_000_000, silenceMs = 5000): Promise<Buffer | string> => {
    const line = await HttpLine.open(origin, 5000, CALM);
    const into = new Uint8Array(new SharedArrayBuffer(room));
    try {
      const { bytes } = await get(line, into, CALM, silenceMs);
      return Buffer.from(into.subarray(0, bytes));
    } catch (error) {
      expect(line.isFree, 'a line that failed is closed').to.equal(false);
      return String(error);
    } finally {
      line.close();
    }
  };
  const head = (...lines: string[]) => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`;

  it('writes the body where it is wanted, and asks again over the same connection', async () => {
    let connections = 0;
    const origin = await serving((_request, response) => response.end(BODY));
    servers.at(-1)?.on('connection', () => connections++);
    const line = await HttpLine.open(origin, 5000, CALM);
    const into = new Uint8Array(new SharedArrayBuffer(BODY.length));
    for (let time = 0; time < 3; time++) {
      into.fill(0);
      expect(await get(line, into)).to.deep.include({ bytes: BODY.length });
      expect(Buffer.compare(Buffer.from(into), BODY)).to.equal(0);
    }
    expect([connections, line.isFree]).to.deep.equal([1, true]);
    line.close();
  });

  it('reads an answer that comes byte by byte', async () => {
    const answer = Buffer.from(`${head('Content-Length: 11', 'ETag: "a"')}hello world`);
    const origin = await saying(async (socket) => {
      for (const byte of answer) {
        socket.write(Buffer.from([byte]));
        await sleep(1);
      }
    });
    expect(String(await outcome(origin))).to.equal('hello world');
  });

  it('reads an empty body', async () => {
    expect(String(await outcome(await saying((socket) => socket.write(head('Content-Length: 0')))))).to.equal(
      '',
    );
  });

  for (const [what, answer] of [
    ['another status', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'],
    ['an older protocol', 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx'],
    ['no length', `${head('X: y')}x`],
    ['pieces', `${head('Transfer-Encoding: chunked')}1\r\nx\r\n0\r\n\r\n`],
    ['a length and pieces', `${head('Content-Length: 1', 'Transfer-Encoding: chunked')}x`],
    ['two lengths', `${head('Content-Length: 1', 'Content-Length: 2')}xy`],
    ['a length that is none', `${head('Content-Length: 0x10')}x`],
    ['a packed body', `${head('Content-Length: 1', 'Content-Encoding: gzip')}x`],
    ['more than there is room', `${head('Content-Length: 5000000')}x`],
    ['more than was announced', `${head('Content-Length: 1')}xy`],
    ['a header over two lines', `${head('X: y\r\n  folded', 'Content-Length: 1')}x`],
    ['a head without an end', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(70_000)}`],
    ['no HTTP at all', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ] as const)
    it(`does not take ${what}`, async () => {
      expect(await outcome(await saying((socket) => socket.write(answer)))).to.match(/^NotInPlace/);
    });

  it('tells a connection that is cut in the middle', async () => {
    const origin = await saying((socket) => socket.end(`${head('Content-Length: 100')}half`));
    expect(await outcome(origin)).to.match(/cut/);
  });

  it('gives up on silence', async () => {
    const origin = await saying((socket) => socket.write(`${head('Content-Length: 100')}half`));
    expect(await outcome(origin, 4_000_000, 100)).to.match(/nothing came/);
  });

  it('stops when it is told to, also while connecting', async () => {
    const origin = await saying((socket) => socket.write(`${head('Content-Length: 100')}half`));
    const line = await HttpLine.open(origin, 5000, CALM);
    const stop = AbortSignal.timeout(50);
    const error = await get(line, new Uint8Array(200), stop).catch((found: Error) => found);
    expect((error as Error).name).to.equal('AbortError');
    const stopped = await HttpLine.open(origin, 5000, AbortSignal.abort()).catch((found: Error) => found);
    expect(stopped).to.be.an('error');
  });

  it('is not used again after bytes that nobody asked for', async () => {
    const origin = await saying(async (socket) => {
      socket.write(`${head('Content-Length: 1')}x`);
      await sleep(30);
      socket.write('surprise');
    });
    const line = await HttpLine.open(origin, 5000, CALM);
    await get(line, new Uint8Array(10));
    expect(line.isFree).to.equal(true);
    await sleep(150);
    expect(line.isFree).to.equal(false);
  });

  it('refuses a header that would become two', async () => {
    const origin = await serving((_request, response) => response.end(BODY));
    const line = await HttpLine.open(origin, 5000, CALM);
    const sent = line.get(
      '/',
      { a: 'b\r\nc: d' },
      { into: new Uint8Array(9), silenceMs: 5000, signal: CALM },
    );
    expect(await sent.catch(String)).to.match(/^NotInPlace/);
    line.close();
  });

  it('speaks TLS to a server it trusts, and to no other', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reprise-tls-'));
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
        ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
    const trusted = { key: readFileSync(key), cert: readFileSync(cert) };
    await rm(folder, { recursive: true });
    const { port } = await listen(createSecure(trusted, (_request, response) => response.end(BODY)));
    const origin = { host: 'localhost', port, isSecure: true, tls: { ca: trusted.cert } };
    const read = await outcome(origin);
    expect(Buffer.isBuffer(read) && Buffer.compare(read, BODY)).to.equal(0);
    const stranger = await HttpLine.open({ ...origin, tls: {} }, 5000, CALM).catch(String);
    expect(stranger).to.be.a('string');
  });
});
