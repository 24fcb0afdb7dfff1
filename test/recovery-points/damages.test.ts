import { randomFillSync } from 'node:crypto';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { lastChunkBorder } from '#/jobs/recovery-points/age/open.ts';
import { EngineError, type Level } from '#/jobs/recovery-points/contract.ts';
import type { Head } from '#/jobs/recovery-points/head.ts';
import { packKey, pointKeys } from '#/jobs/recovery-points/layout.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { memoryStore } from './memory-store.ts';
import { Random } from './sessions/random.ts';
import { differences, look, type Seen } from './sessions/tree.ts';
import { ASSET, makeWorld, type World } from './world.ts';

const DAMAGES = Number(process.env['DAMAGES'] ?? 1000);
const PATIENCE_MS = 30_000;
const AGE_CHUNK = 65_552;

describe('random damages to what is stored', () => {
  let world: World;
  let clean: Map<string, Buffer>;
  let objects: Map<string, Buffer>;
  let store: Store;
  const points: { id: string; tree: Seen[]; keys: string[] }[] = [];

  before(async () => {
    world = await makeWorld();
    clean = new Map();
    objects = clean;
    const at = (name: string) => path.join(world.source, name);
    const make = async (onLast: boolean) => {
      const { pointId } = await world.backUp({ store: memoryStore(objects, world.store), onLast });
      const keys = pointKeys(ASSET, pointId);
      const head = JSON.parse(String(objects.get(keys.head))) as Head;
      const packs = head.packs.map(({ sha256 }) => packKey(ASSET, sha256));
      points.push({ id: pointId, tree: look(world.source), keys: [...Object.values(keys), ...packs] });
    };
    mkdirSync(at('folder'));
    for (const [name, size] of Object.entries({ small: 10, large: 300_000, 'folder/other': 100_000 }))
      writeFileSync(at(name), randomFillSync(Buffer.alloc(size)));
    writeFileSync(at('copied'), 'content of small files');
    linkSync(at('large'), at('linked'));
    symlinkSync('small', at('symlink'));
    await make(false);
    appendFileSync(at('small'), 'more');
    renameSync(at('folder/other'), at('moved'));
    writeFileSync(at('copy'), readFileSync(at('copied')));
    await make(true);
    rmSync(at('copied'));
    writeFileSync(at('new'), randomFillSync(Buffer.alloc(200_000)));
    await make(true);
    await make(false);
    store = memoryStore(new Map(), world.store);
  });
  after(() => world[Symbol.asyncDispose]());

  /** Alters the store in one way, and says how. */
  function damage(random: Random): { how: string; point: (typeof points)[number] } {
    const point = random.pick(points);
    const key = random.pick(point.keys);
    const whole = clean.get(key)!;
    const put = (bytes: Buffer) => objects.set(key, bytes);
    const change = (alter: (bytes: Buffer, at: number) => void) => {
      const bytes = Buffer.from(whole);
      alter(bytes, random.below(bytes.length));
      put(bytes);
    };
    const works = {
      bit: () => change((bytes, place) => (bytes[place]! ^= 1 << random.below(8))),
      byte: () => change((bytes, place) => (bytes[place]! ^= 1 + random.below(255))),
      page: () => change((bytes, place) => bytes.subarray(place & ~4095, (place & ~4095) + 4096).fill(0)),
      cut: () => put(whole.subarray(0, random.below(whole.length))),
      cutOnChunk: () => put(whole.subarray(0, borderOf(whole, random))),
      append: () => put(Buffer.concat([whole, Buffer.from(random.pick(['\0', ' ', '\n', 'more']))])),
      delete: () => objects.delete(key),
      swap: () => {
        const other = random.pick(point.keys.filter((one) => one !== key));
        put(clean.get(other)!);
        objects.set(other, whole);
      },
      ofAnotherPoint: () => {
        const other = pointKeys(ASSET, random.pick(points.filter((one) => one !== point)).id);
        const own = pointKeys(ASSET, point.id);
        const files = random.pick([
          ['head'],
          ['manifest'],
          ['signature'],
          ['head', 'signature'],
          ['head', 'signature', 'manifest'],
        ] as const);
        for (const file of files) objects.set(own[file], clean.get(other[file])!);
      },
    };
    const how = random.pick(Object.keys(works) as (keyof typeof works)[]);
    works[how]();
    return { how: `${how} of ${key}`, point };
  }

  it('are each found at L2a or above, as bad data, and no restore of them ends well with wrong content', async function () {
    this.timeout(DAMAGES * 1000);
    for (let seed = 0; seed < DAMAGES; seed++) {
      const random = new Random(seed);
      objects = new Map(clean);
      const { how, point } = damage(random);
      const level = random.weighted<Level>({ L0: 0, L1: 0, L2a: 6, L2b: 3, L3: 1 });
      store = memoryStore(objects, world.store);
      const identity = level === 'L2a' && random.chance(0.5) ? null : world.identity;
      const verdict = await judged(
        world.verify(level, { store, identity, point: point.id }).then((result) => result.verdict),
      );
      expect(verdict, `${seed}: ${how} at ${level}`).to.be.oneOf(['failed', 'data']);
      if (random.chance(0.2)) await expectNoLie(point, `${seed}: ${how}`);
    }
  });

  async function expectNoLie({ id, tree }: (typeof points)[number], how: string): Promise<void> {
    const into = path.join(world.folder, 'restored');
    const { identity, publicKey } = world;
    const request = { store, asset: ASSET, point: id, identity, trust: [publicKey], into, only: null };
    const outcome = await judged(restore(request).then(() => 'done'));
    if (outcome === 'done') expect(differences(tree, look(into)), how).to.deep.equal([]);
    else expect(outcome, how).to.equal('data');
    rmSync(into, { recursive: true, force: true });
  }
});

async function judged(work: Promise<string>): Promise<string> {
  const late = new AbortController();
  const timeout = sleep(PATIENCE_MS, 'no answer', { signal: late.signal }).catch(() => 'no answer');
  try {
    return await Promise.race([work, timeout]);
  } catch (error) {
    if (error instanceof EngineError) return error.kind;
    throw error;
  } finally {
    late.abort();
  }
}

/** Where an age chunk begins or ends; in what is no age file, somewhere before its end. */
function borderOf(bytes: Buffer, random: Random): number {
  if (!bytes.toString('latin1', 0, 10).startsWith('age-')) return bytes.length - 1;
  const last = lastChunkBorder(bytes);
  return last - AGE_CHUNK * random.below(1 + Math.floor((last - 200) / AGE_CHUNK));
}
