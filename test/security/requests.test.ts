import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { printable } from '#/server/cli/output.ts';
import { listen, SLOWEST } from '#/server/http/listen.ts';
import { openLog } from '#/server/log.ts';
import { openMetrics, watchRequests } from '#/server/metrics.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { cookiesOf } from '../support/visitor.ts';

describe('a hostile request', () => {
  let test: TestService;
  let cookie: string;
  before(async () => {
    test = await startTestService();
    cookie = await cookiesOf(test, test.acme.emails.owner);
  });
  after(() => test[Symbol.asyncDispose]());

  it('that arrives byte by byte is ended, with head or with body', async () => {
    expect(SLOWEST.headersTimeout).to.be.at.most(20_000);
    expect(SLOWEST.requestTimeout).to.be.at.most(120_000);
    await using stack = new AsyncDisposableStack();
    const slowest = {
      ...SLOWEST,
      headersTimeout: 200,
      requestTimeout: 400,
      connectionsCheckingInterval: 50,
    };
    const reads = (request: AsyncIterable<Buffer>) => void Array.fromAsync(request).catch(() => null);
    const url = new URL(await listen(reads, { host: '127.0.0.1', port: 0 }, stack, slowest));
    for (const begin of [
      'POST / HTTP/1.1\r\nhost: x\r\n',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9999\r\n\r\n',
    ]) {
      const socket = connect(Number(url.port), url.hostname).on('error', () => undefined);
      socket.write(begin);
      const ended = once(socket, 'close').then(() => 'ended');
      const drip = async () => {
        for (let left = 100; left > 0 && !socket.destroyed; left--) {
          socket.write('x');
          await sleep(20);
        }
        return 'still there';
      };
      socket.resume();
      expect(await Promise.race([ended, drip()])).to.equal('ended');
    }
  });

  it('that is small and unpacks to a thousand times as much is refused, wherever a body is read', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
    expect(bomb.length).to.be.lessThan(100_000);
    const before = process.memoryUsage().rss;
    const places: [string, string, Record<string, string>][] = [
      ['/api/v1/clients', 'application/json', { authorization: `Bearer ${test.acme.tokens.owner}` }],
      [
        `/api/v1/clients/${test.acme.client}/uploads`,
        'text/csv',
        { authorization: `Bearer ${test.acme.tokens.owner}` },
      ],
      ['/sign-in', 'application/x-www-form-urlencoded', { origin: test.url }],
      ['/agent/v1/polls', 'application/json', {}],
      [`/claims/${crypto.randomUUID()}`, 'application/json', {}],
    ];
    for (const [path, type, headers] of places) {
      const answer = await fetch(test.url + path, {
        method: 'POST',
        headers: { 'content-type': type, 'content-encoding': 'gzip', ...headers },
        body: bomb,
      });
      expect(answer.status, path).to.equal(413);
    }
    expect(process.memoryUsage().rss - before).to.be.lessThan(200 * 1024 * 1024);
  });

  it('of another site, of no site or of a frame without one changes nothing with somebody’s cookie', async () => {
    const path = `${test.url}/clients/${test.acme.client}/sites`;
    const send = async (headers: Record<string, string>, type = 'application/x-www-form-urlencoded') => {
      const body = 'name=Attaque&kind=office';
      const sent = { method: 'POST', redirect: 'manual', body } as const;
      return (await fetch(path, { ...sent, headers: { cookie, 'content-type': type, ...headers } })).status;
    };
    const { host } = new URL(test.url);
    const strangers: Record<string, string>[] = [
      {},
      { origin: 'null' },
      { origin: `http://${host}.evil.example` },
      { origin: `http://evil.example/${host}` },
      { origin: test.url, 'sec-fetch-site': 'cross-site' },
      { origin: test.url, 'sec-fetch-site': 'same-site' },
      { origin: test.url, 'sec-fetch-site': 'Same-Origin' },
      { referer: test.url },
    ];
    for (const headers of strangers) {
      expect(await send(headers), JSON.stringify(headers)).to.equal(403);
      expect(await send(headers, 'text/plain'), JSON.stringify(headers)).to.equal(403);
    }
    const { body } = await test.api(
      test.acme.tokens.owner,
      'GET',
      `/api/v1/clients/${test.acme.client}/sites`,
    );
    expect(JSON.stringify(body)).to.not.include('Attaque');
    expect(await send({ origin: test.url })).to.equal(303);
  });

  it('gets no page that runs what stands in it, sits in a frame, or is kept by a cache', async () => {
    const pages = ['/sign-in', `/clients/${test.acme.client}/sites`, '/nothing-is-here'];
    for (const path of pages) {
      const answer = await fetch(test.url + path, { headers: { cookie } });
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).to.include("default-src 'self'").and.include("frame-ancestors 'none'");
      expect(policy)
        .to.include("script-src-attr 'none'")
        .and.include("base-uri 'none'")
        .and.include("form-action 'self'");
      expect(policy).to.not.match(/unsafe|\*|https?:/);
      expect(answer.headers.get('permissions-policy')).to.include('camera=()');
      expect(answer.headers.get('referrer-policy')).to.equal('no-referrer');
      expect(answer.headers.get('cache-control')).to.equal('no-store');
      const html = await answer.text();
      expect(html).to.not.match(/<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+=|\sstyle="|href="javascript:/i);
    }
  });

  it('writes no line of its own into the log', async () => {
    let written = '';
    const into = new Writable({
      write(piece, _encoding, done) {
        written += piece;
        done();
      },
    });
    const log = openLog('trace', into);
    const forged = 'x\n{"level":30,"msg":"session.opened"}\r\n\u2028\u001b[2J';
    log.error({ err: new Error(forged), path: forged }, forged);
    const watch = watchRequests(openMetrics(), log);
    const response = Object.assign(new Writable(), { statusCode: 200 });
    watch(
      { method: 'GET', path: `/ping/secret-token/${forged}` } as never,
      response as never,
      () => undefined,
    );
    response.emit('finish');
    const lines = written.trimEnd().split('\n');
    expect(lines).to.have.length(2);
    for (const line of lines) expect(JSON.parse(line).msg).to.not.equal('session.opened');
    expect(written).to.not.include('\u001b').and.not.include('secret-token');
  });
});

describe('a hostile name', () => {
  it('of a file shows as it is on a terminal, and does nothing there', () => {
    const name = 'facture\u001b[2J\u001b]0;x\u0007\u009b31m\r\n\u202etxt.exe';
    const shown = printable([`1 ${name}`, 'été']);
    expect(shown).to.equal('1 facture\\u{1b}[2J\\u{1b}]0;x\\u{7}\\u{9b}31m\\u{d}\\u{a}\\u{202e}txt.exe\nété');
  });

  it('stands escaped in what a command prints', () => {
    const { status, stderr } = spawnSync(
      resolve('server/reprise.mjs'),
      [
        'points',
        'files',
        '\u001b[2J',
        '--from',
        `file:///nothing/here\u009b31m`,
        '--asset',
        'x',
        '--identity',
        '/\u001b[2J',
      ],
      { encoding: 'utf8', env: { PATH: process.env.PATH! } },
    );
    expect(status).to.be.greaterThan(0);
    expect(stderr).to.include('\\u{1b}').and.not.include('\u001b').and.not.include('\u009b');
  });
});
