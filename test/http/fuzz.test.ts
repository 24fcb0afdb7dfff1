import { connect } from 'node:net';
import { expect } from 'chai';
import { fill, makeOneOfEach } from '../support/one-of-each.ts';
import { startTestService, type TestService } from '../support/service.ts';

/** In full: FUZZ=10000. */
const REQUESTS = Number(process.env.FUZZ ?? 400);
const SEED = Number(process.env.SEED ?? Date.now() % 100_000);
const AT_ONCE = 8;
const LONGEST_MS = 5000;
/** Stands in rows of another provider, and must never come back. */
const FOREIGN = 'Zwölfhundert-Fremde';

type Schema = {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  format?: string;
  minimum?: number;
  maximum?: number;
  $ref?: string;
};
const NO_IDS = ['x', '', '%', '..', '0', 'a'.repeat(500), '\u0000', '🧨'];

interface Operation {
  method: string;
  path: string;
  parameters: { name: string; in: string; schema?: Schema }[];
  body: Schema | null;
}

/** Of bad input, what has broken others: wrong types, bounds, texts that are no texts, things within things. */
const NASTY: unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    '',
    ' ',
    '0',
    '-1',
    'null',
    '[]',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\u202e',
    '🧨'.repeat(50),
  ],
  ...[
    '../../etc/passwd',
    "'; drop table clients; --",
    '${' + '7*7}',
    '<script>alert(1)</script>',
    '%00',
    '\r\nX: y',
    '=1+1',
    '{{this}}',
  ],
  ...[
    '9'.repeat(400),
    'x'.repeat(20_000),
    '2026-02-30',
    '0000-00-00T00:00:00Z',
    '99999-01-01T00:00:00Z',
    '1e400',
    'NaN',
  ],
  ...[
    [],
    {},
    [[[[[]]]]],
    { __proto__: { admin: true }, constructor: { prototype: {} } },
    [null],
    { a: { b: { c: { d: {} } } } },
  ],
];

describe('the JSON interface under fuzzing', function () {
  this.timeout(900_000);
  let test: TestService;
  let owned: Record<string, string>;
  let ids: string[];
  let operations: Operation[];
  let schemas: Record<string, Schema>;
  const random = mulberry(SEED);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const isRare = (part: number) => random() < part;

  before(async () => {
    test = await startTestService();
    owned = await makeOneOfEach(test);
    const foreign: string[] = [];
    for (const [noun, kind] of [
      ['assets', 'data-set'],
      ['sites', 'office'],
      ['activities', undefined],
      ['contacts', undefined],
    ]) {
      const path = `/api/v1/clients/${test.other.client}/${noun}`;
      const { body } = await test.api(test.other.tokens.owner, 'POST', path, { name: FOREIGN, kind });
      foreign.push(body.id);
    }
    ids = [...Object.values(owned), ...foreign, test.other.client, test.acme.otherClient];
    const { body: document } = await test.api(test.acme.tokens.owner, 'GET', '/api/openapi.json');
    schemas = document.components.schemas;
    operations = Object.entries(document.paths as Record<string, Record<string, never>>).flatMap(
      ([path, verbs]) =>
        Object.entries(verbs).map(
          ([method, verb]: [
            string,
            { parameters?: []; requestBody?: { content: Record<string, { schema: Schema }> } },
          ]) => ({
            method: method.toUpperCase(),
            path,
            parameters: verb.parameters ?? [],
            body: verb.requestBody?.content['application/json']?.schema ?? null,
          }),
        ),
    );
    expect(operations.length).to.be.greaterThan(200);
  });
  after(() => test[Symbol.asyncDispose]());

  /** Mostly as the schema wants it, so that it gets past the first check; now and then anything. */
  function sampleOf(schema: Schema | undefined, depth = 0): unknown {
    if (!schema || isRare(0.03) || depth > 6) return pick(NASTY);
    if (schema.$ref) return sampleOf(schemas[schema.$ref.split('/').at(-1)!], depth + 1);
    const among = schema.anyOf ?? schema.oneOf;
    if (among) return sampleOf(pick(among), depth + 1);
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one) => sampleOf(one, depth + 1)));
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return pick(schema.enum);
    const type = Array.isArray(schema.type) ? pick(schema.type) : schema.type;
    if (type === 'object' || schema.properties)
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([name]) => schema.required?.includes(name) || isRare(0.6))
          .map(([name, own]) => [name, sampleOf(own, depth + 1)]),
      );
    if (type === 'array')
      return Array.from({ length: isRare(0.02) ? 2000 : Math.floor(random() * 4) }, () =>
        sampleOf(schema.items, depth + 1),
      );
    if (type === 'integer' || type === 'number') {
      const { minimum = 0, maximum = 1000 } = schema;
      const span = Math.min(maximum, minimum + 100_000) - minimum;
      return type === 'integer' ? minimum + Math.floor(random() * span) : minimum + random() * span;
    }
    if (type === 'boolean') return isRare(0.5);
    if (type === 'null') return null;
    if (schema.format === 'uuid') return pick(ids);
    if (schema.format === 'date-time') return new Date(Date.now() + (random() - 0.5) * 1e11).toISOString();
    if (schema.format === 'date')
      return new Date(Date.now() + (random() - 0.5) * 1e11).toISOString().slice(0, 10);
    return pick([
      'Atelier',
      'Rançongiciel',
      'a',
      `x${Math.floor(random() * 1e6)}`,
      '12:30',
      'postgresql://a@127.0.0.1:1/b',
      's3://b/p?endpoint=http://127.0.0.1:1',
      'L3',
    ]);
  }

  function addressOf({ path, parameters }: Operation): string {
    const isOurs = isRare(0.7);
    const filled = isOurs
      ? fill(path.replace(/\{(\w+)\}/g, ':$1'), owned)
      : path.replace(/\{(\w+)\}/g, () => encodeURIComponent(isRare(0.8) ? pick(ids) : pick(NO_IDS)));
    const query = parameters
      .filter((one) => one.in === 'query' && isRare(0.5))
      .map(({ name, schema }) => `${name}=${encodeURIComponent(textOf(sampleOf(schema)))}`);
    return query.length > 0 ? `${filled}?${query.join('&')}` : filled;
  }

  async function send(operation: Operation) {
    const { method, body } = operation;
    const address = addressOf(operation);
    const sent = method === 'GET' || method === 'DELETE' ? undefined : bodyOf(body);
    const headers: Record<string, string> = {
      authorization: `Bearer ${test.acme.tokens.owner}`,
      'content-type': pick([
        'application/json',
        'application/json',
        'application/json',
        'text/plain',
        'application/x-www-form-urlencoded',
        'x',
      ]),
      ...(isRare(0.05) && { 'if-match': '"x"' }),
      ...(isRare(0.05) && {
        'idempotency-key': pick(['k', 'x'.repeat(300), '🧨'.codePointAt(0)!.toString()]),
      }),
      ...(isRare(0.05) && { 'accept-language': pick(['fr', 'xx', ',,,', 'a'.repeat(1000)]) }),
    };
    const began = performance.now();
    const signal = AbortSignal.timeout(30_000);
    const response = await fetch(test.url + address, {
      method,
      headers,
      redirect: 'manual',
      signal,
      ...(sent !== undefined && { body: sent }),
    });
    const text = await response.text();
    return {
      what: `${method} ${address} ${String(sent).slice(0, 600)}`,
      status: response.status,
      text,
      ms: performance.now() - began,
    };
  }

  function bodyOf(schema: Schema | null): string {
    if (isRare(0.03)) return pick(['', '{', '[', '"', '{"a":', 'null', '[]', '\u0000', '{"a":'.repeat(3000)]);
    const text = JSON.stringify(sampleOf(schema ?? {})) ?? 'null';
    return isRare(0.02) ? text.slice(0, Math.floor(text.length / 2)) : text;
  }

  it('answers each request in time, with no fault of its own and nothing of others', async () => {
    const wrong: string[] = [];
    const statuses = new Map<number, number>();
    let left = REQUESTS;
    const worker = async () => {
      while (left-- > 0) {
        const { what, status, text, ms } = await send(pick(operations));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status >= 500) wrong.push(`${status} ${what} ${text.slice(0, 200)}`);
        if (text.includes(FOREIGN)) wrong.push(`foreign ${what}`);
        if (ms > LONGEST_MS) wrong.push(`${Math.round(ms)} ms ${what}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(wrong.slice(0, 10), `SEED=${SEED}, ${wrong.length} in all`).to.deep.equal([]);
    const share = (from: number) =>
      [...statuses]
        .filter(([status]) => status >= from && status < from + 100)
        .reduce((sum, [, count]) => sum + count, 0);
    expect(share(200), 'some get through').to.be.greaterThan(REQUESTS / 20);
    expect(share(400), 'many are refused').to.be.greaterThan(REQUESTS / 5);
  });

  it('is there still after bytes that are no requests', async () => {
    const bytes = [
      'GET / HTTP/9.9\r\n\r\n',
      `GET /api/v1/clients HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(5000)}\r\n`,
      'POST /api/v1/clients HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      'POST /api/v1/clients HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n',
      'POST /api/v1/clients HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n',
      `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      '\u0000'.repeat(1000),
    ];
    for (const sent of bytes) {
      const answer = await raw(new URL(test.url), sent);
      expect(
        answer === '' || /^HTTP\/1\.1 4\d\d /.test(answer),
        JSON.stringify(answer.slice(0, 80)),
      ).to.equal(true);
    }
    const { status } = await test.api(test.acme.tokens.owner, 'GET', '/api/v1/clients');
    expect(status).to.equal(200);
  });
});

const textOf = (value: unknown) =>
  typeof value === 'string' ? value.replaceAll('\ud800', '') : (JSON.stringify(value) ?? '');

function raw({ hostname, port }: URL, bytes: string): Promise<string> {
  return new Promise((done) => {
    let heard = '';
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.on('data', (data) => {
      heard += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => done(heard));
  });
}

/** A small generator with a seed, so that what was found once is found again. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
