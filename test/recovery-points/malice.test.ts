import { hash } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { parseRecipient } from '#/jobs/recovery-points/age/keys.ts';
import { seal } from '#/jobs/recovery-points/age/seal.ts';
import { EngineError } from '#/jobs/recovery-points/contract.ts';
import { type Head, writeHead } from '#/jobs/recovery-points/head.ts';
import { pointKeys } from '#/jobs/recovery-points/layout.ts';
import type { ManifestFacts } from '#/jobs/recovery-points/manifest/facts.ts';
import { ManifestWriter } from '#/jobs/recovery-points/manifest/writer.ts';
import { openManifest } from '#/jobs/recovery-points/open-point.ts';
import { openHead } from '#/jobs/recovery-points/points.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { parseSigningKey, signHead } from '#/jobs/recovery-points/signing.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { memoryStore } from './memory-store.ts';
import { Random } from './sessions/random.ts';
import { look } from './sessions/tree.ts';
import { ASSET, makeWorld, type World } from './world.ts';

const PATIENCE_MS = 15_000;

describe('a point signed by somebody who means harm', () => {
  let world: World;
  let objects: Map<string, Buffer>;
  let pointId: string;
  let head: Head;
  let facts: ManifestFacts;
  let lines: string[];

  before(async () => {
    world = await makeWorld();
    objects = new Map();
    const at = (name: string) => path.join(world.source, name);
    mkdirSync(path.join(world.folder, 'outside'));
    writeFileSync(path.join(world.folder, 'outside', 'secret'), 'secret');
    mkdirSync(at('d'));
    for (const name of ['a', 'd/f', 'e', 'twin'])
      writeFileSync(at(name), `content of ${name.replace('twin', 'a')}`);
    linkSync(at('e'), at('hard'));
    symlinkSync(path.join(world.folder, 'outside'), at('out'));
    const store = memoryStore(objects, world.store);
    ({ pointId } = await world.backUp({ store }));
    ({ head } = await openHead(store, ASSET, pointId, []));
    const manifest = await openManifest(store, head, world.identity);
    facts = manifest.facts;
    lines = [...manifest.lines()];
  });
  after(() => world[Symbol.asyncDispose]());

  interface Change {
    lines?: string[];
    facts?: object;
    head?: object;
    manifest?: (plain: Buffer) => Buffer;
  }

  /** Other lines and facts under the same name, signed by the right key. */
  function publishInMemory(change: Change): Store {
    const keys = pointKeys(ASSET, pointId);
    const writer = new ManifestWriter();
    for (const line of change.lines ?? lines) writer.add(line);
    const { entryCount: _, ...known } = facts;
    const plain = writer.finish({ ...known, ...change.facts });
    const sealed = seal(change.manifest?.(plain) ?? plain, [parseRecipient(world.recipient)]);
    const manifest = { sha256: hash('sha256', sealed), bytes: sealed.length };
    const packs =
      change.facts && 'packs' in change.facts ? (change.facts.packs as Head['packs']) : head.packs;
    const altered = writeHead({
      ...head,
      entries: writer.count,
      packs: safe(packs, head.packs),
      manifest,
      ...change.head,
    } as Head);
    const copy = new Map(objects);
    copy.set(keys.manifest, sealed);
    copy.set(keys.head, altered);
    copy.set(keys.signature, signHead(altered, parseSigningKey(world.signingKey)));
    return memoryStore(copy, world.store);
  }

  /** Tries to verify and restore what was published. */
  async function outcomesOf(change: Change) {
    const store = publishInMemory(change);
    const into = path.join(world.folder, 'target', 'restored');
    const { identity, publicKey } = world;
    const request = { store, asset: ASSET, point: pointId, identity, trust: [publicKey], into, only: null };
    const outcomes = [
      await judged(world.verify('L3', { store, point: pointId }).then(({ verdict }) => verdict)),
      await judged(restore(request).then(() => 'done')),
    ];
    rmSync(path.join(world.folder, 'target'), { recursive: true, force: true });
    return outcomes.join();
  }

  const altered = (name: string, from: string | RegExp, to: string) =>
    lines.map((line) => (line.startsWith(`{"path":"${name}"`) ? line.replace(from, to) : line));
  const lineOf = (name: string) => lines.find((line) => line.startsWith(`{"path":"${name}"`))!;
  const outside = () => JSON.stringify([look(path.join(world.folder, 'outside')), look(world.source)]);

  it('is read as it is when nothing was altered', async () => {
    expect(await outcomesOf({})).to.equal('passed,done');
  });

  it('is found to hold another content at L2b, although that shows where the trial restore is read back', async () => {
    const lineOfFile = lines.find((line) => line.includes('"type":"file"') && !line.includes('"copy"'))!;
    const { path: name, at } = JSON.parse(lineOfFile);
    const flipped = lineOfFile.replace(/"sha256":"(.)/, (_, digit) => `"sha256":"${digit === '0' ? 1 : 0}`);
    const store = publishInMemory({ lines: lines.map((line) => (line === lineOfFile ? flipped : line)) });
    const { checks, levels, proofs } = await world.verify('L3', { store, point: pointId });
    expect(levels.map(({ level, verdict }) => `${level} ${verdict}`)).to.deep.equal([
      'L0 passed',
      'L1 passed',
      'L2a passed',
      'L2b failed',
      'L3 inconclusive',
    ]);
    expect(
      checks.filter(({ verdict }) => verdict === 'failed').map(({ level, where }) => [level, where]),
    ).to.deep.equal([['L2b', name]]);
    const bad = head.packs[at[0]]!.sha256;
    expect(proofs.map(({ sha256 }) => sha256))
      .to.have.length(head.packs.length - 1)
      .and.not.include(bad);
  });

  it('is read by places, whatever name a copy claims to be of', async () => {
    for (const name of ['twin', '../a'])
      expect(await outcomesOf({ lines: altered('twin', '"copy":"a"', `"copy":"${name}"`) })).to.equal(
        'passed,done',
      );
  });

  const paths = [
    '../x',
    '/x',
    'd/../../x',
    'd/..',
    '..',
    '.',
    'd//f',
    '',
    'out/x',
    'a/x',
    '%2e%2e',
    '%2E%2E/x',
    'd%2Fx',
    'x%00',
    '__proto__/x',
  ];
  const numbers = [
    '-1',
    '1e308',
    'NaN',
    'null',
    '9007199254740993',
    '99999999999999999999',
    '1.5',
    '"1"',
    '[]',
  ];
  const attacks: Record<string, () => Parameters<typeof outcomesOf>[0]> = {
    ...Object.fromEntries(
      paths.map((to) => [
        `the path ${JSON.stringify(to)}`,
        () => ({ lines: altered('e', '"path":"e"', `"path":"${to}"`) }),
      ]),
    ),
    ...Object.fromEntries(
      ['out/x', '../x', '/tmp/x', 'd/..'].flatMap((to) => [
        [`a second path ${to} in a line`, () => ({ lines: altered('a', /\}$/, `,"path":"${to}"}`) })],
        [`a second path ${to} in a link`, () => ({ lines: altered('hard', /\}$/, `,"path":"${to}"}`) })],
        [
          `a second path ${to} behind a reservation`,
          () => ({ lines: altered('a', /\}$/, `,"reservation":{},"path":"${to}","x":{}}`) }),
        ],
      ]),
    ),
    ...Object.fromEntries(
      ['out/secret', '../outside/secret', 'hard', 'd', '/etc/passwd', 'nothing'].map((to) => [
        `a hard link to ${to}`,
        () => ({ lines: altered('hard', '"link":"e"', `"link":"${to}"`) }),
      ]),
    ),
    ...Object.fromEntries(
      numbers.flatMap((number) => [
        [`the size ${number}`, () => ({ lines: altered('a', /"size":\d+/, `"size":${number}`) })],
        [`the place ${number}`, () => ({ lines: altered('a', /"at":\[\d+/, `"at":[${number}`) })],
        [`the offset ${number}`, () => ({ lines: altered('a', /"at":\[(\d+),\d+/, `"at":[$1,${number}`) })],
        [`the span ${number}`, () => ({ lines: altered('a', /,\d+\]/, `,${number}]`) })],
        [`the owner ${number}`, () => ({ lines: altered('a', /"uid":\d+/, `"uid":${number}`) })],
        [`the time ${number}`, () => ({ lines: altered('a', /"mtime":"\d+"/, `"mtime":"${number}"`) })],
        [`holes at ${number}`, () => ({ lines: altered('a', /(,"size")/, `,"sparse":[[${number},9]]$1`) })],
        [
          `a pack's run ${number}`,
          () => ({ facts: { packs: facts.packs.map((pack) => ({ ...pack, run: raw(number) })) } }),
        ],
        [
          `a pack's plain size ${number}`,
          () => ({ facts: { packs: facts.packs.map((pack) => ({ ...pack, plainBytes: raw(number) })) } }),
        ],
        [
          `a pack's frame ${number}`,
          () => ({ facts: { packs: facts.packs.map((pack) => ({ ...pack, frames: [raw(number)] })) } }),
        ],
        [
          `a frame of ${number} bytes`,
          () => ({
            facts: { packs: facts.packs.map((pack) => ({ ...pack, frames: [[raw(number), raw(number)]] })) },
          }),
        ],
        [`${number} files in the head`, () => ({ head: { files: raw(number) } })],
      ]),
    ),
    'overlapping places': () => ({
      lines: altered('twin', /"at":\[.*?\](,"copy":"a")?/, /"at":\[.*?\]/.exec(lineOf('d/f'))![0]),
    }),
    'places in another order': () => ({ lines: swapPlaces(lines, 'a', 'd/f') }),
    'a symlink among folders': () => ({ lines: altered('d', '"type":"directory"', '"type":"symlink"') }),
    'a kind that is none': () => ({ lines: altered('a', '"type":"file"', '"type":"constructor"') }),
    'a kind __proto__': () => ({ lines: altered('a', '"type":"file"', '"type":"__proto__"') }),
    'prototypes in attributes': () => ({
      lines: altered('a', ',"size"', ',"xattrs":{"__proto__":"AA=="},"size"'),
    }),
    'lines twice': () => ({ lines: lines.flatMap((line) => [line, line]) }),
    'lines backwards': () => ({ lines: lines.toReversed() }),
    'no lines': () => ({ lines: [] }),
    'no packs': () => ({ facts: { packs: [] } }),
    'packs that are none': () => ({ facts: { packs: [null] } }),
    'reservations of the source that are none': () => ({ facts: { sourceReservations: [null] } }),
    'a reservation of the source without a reason': () => ({
      facts: { sourceReservations: [{ kind: 'torn', path: 'x' }] },
    }),
    'no runs': () => ({ facts: { runs: [] } }),
    'a head without recipients': () => ({ head: { recipients: null } }),
    'a head without reservations': () => ({ head: { reservations: null } }),
    'an index that is null': () => ({ manifest: (plain) => withIndex(plain, 'null') }),
    'an index of numbers': () => ({ manifest: (plain) => withIndex(plain, '{"frames":[1]}') }),
    'an index of vast frames': () => ({
      manifest: (plain) => withIndex(plain, `{"frames":[[${plain.length - 50},9e15]]}`),
    }),
  };
  for (const [name, attack] of Object.entries(attacks))
    it(`is refused with ${name}, and writes nothing elsewhere`, async () => {
      const before = outside();
      const outcomes = await outcomesOf(attack());
      expect(outcomes).to.be.oneOf(['failed,data', 'data,data']);
      expect(outside()).to.equal(before);
    });

  it('never makes the reader crash, hang or write elsewhere, whatever is put where in a line', async function () {
    this.timeout(120_000);
    const before = outside();
    const pieces = [
      ...numbers,
      '../',
      '"',
      '\\',
      '{',
      '}',
      '[',
      ',',
      '%',
      '\0',
      '"path":"../x"',
      '__proto__',
      'é',
    ];
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const fuzzed = lines.map((line) => {
        if (random.chance(0.7)) return line;
        const at = random.below(line.length);
        return line.slice(0, at) + random.pick(pieces) + line.slice(at + random.below(12));
      });
      expect(await outcomesOf({ lines: fuzzed }), String(seed)).to.match(
        /^(failed|data|passed|inconclusive),(data|done)$/,
      );
      expect(outside(), String(seed)).to.equal(before);
    }
  });
});

async function judged(work: Promise<string>): Promise<string> {
  const late = new AbortController();
  const timeout = sleep(PATIENCE_MS, 'no answer', { signal: late.signal }).catch(() => 'no answer');
  try {
    return await Promise.race([work, timeout]);
  } catch (error) {
    return error instanceof EngineError ? error.kind : String(error);
  } finally {
    late.abort();
  }
}

/** A number as JSON would have it; what JSON cannot say stays a text. */
function raw(text: string): unknown {
  return text === 'NaN' ? text : JSON.parse(text);
}

/** Packs that a head can name: those of the manifest where they are packs at all. */
function safe(packs: (Head['packs'][number] | null)[], otherwise: Head['packs']): Head['packs'] {
  return packs.every((pack) => pack !== null) ? packs : otherwise;
}

function swapPlaces(lines: string[], one: string, other: string): string[] {
  const placeOf = (name: string) =>
    /"at":\[.*?\]/.exec(lines.find((line) => line.startsWith(`{"path":"${name}"`))!)![0];
  const [first, second] = [placeOf(one), placeOf(other)];
  return lines.map((line) => {
    if (line.startsWith(`{"path":"${one}"`)) return line.replace(first, second);
    return line.startsWith(`{"path":"${other}"`) ? line.replace(second, first) : line;
  });
}

function withIndex(plain: Buffer, index: string): Buffer {
  const intro = Buffer.from(plain.subarray(0, 8));
  const rest = plain.subarray(8 + plain.readUInt32LE(4));
  intro.writeUInt32LE(index.length, 4);
  return Buffer.concat([intro, Buffer.from(index), rest]);
}
