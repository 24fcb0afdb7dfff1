/** A tar stream that was altered in any way is data like any other: it is refused, or it is what it was. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseIdentities } from '#/jobs/recovery-points/age/keys.ts';
import { EngineError } from '#/jobs/recovery-points/contract.ts';
import { packKey } from '#/jobs/recovery-points/layout.ts';
import type { Entry } from '#/jobs/recovery-points/manifest/entry.ts';
import { openManifest } from '#/jobs/recovery-points/open-point.ts';
import { PackOpener } from '#/jobs/recovery-points/packs/open-pack.ts';
import { openHead } from '#/jobs/recovery-points/points.ts';
import { FileWriter, pathBelow } from '#/jobs/recovery-points/restore/file-writer.ts';
import { MemberCheck } from '#/jobs/recovery-points/restore/member-check.ts';
import { TarReader } from '#/jobs/recovery-points/tar/reader.ts';
import { differences, look, type Seen } from './sessions/tree.ts';
import { ASSET, makeHostileTree, makeWorld, type World } from './world.ts';

/** In full: ALTERATIONS=800. */
const ALTERATIONS = Number(process.env.ALTERATIONS ?? 300);
const BLOCK = 512;
const [SUM_AT, SUM_END] = [148, 156];
/** Where name, mode, owners, size, time, kind and link stand in a header, the ends of numbers, and what follows it. */
const FIELDS = [0, 1, 100, 106, 108, 114, 116, 122, 124, 134, 136, 146, 156, 157, BLOCK, BLOCK + 20];
/** Names, sizes and records that lead elsewhere, or nowhere. */
const PIECES = [
  ...['../outside', '/etc/passwd', '..', 'outside/x', '0'.repeat(11), '7'.repeat(11), '\x80'.repeat(12)],
  ...['x', 'g', 'L', '1', '2', '5', '99 path=../outside/x\n', '0 =\n', '-5 a=b\n', ' ', '\0'.repeat(BLOCK)],
  ...['GNU.sparse.realsize=', 'GNU.sparse.name=', 'SCHILY.xattr.', 'linkpath=', '9999999999999999 a=b\n'],
];

interface Change {
  kind: 'flip' | 'put' | 'cut' | 'drop' | 'repeat' | 'exchange' | 'zero';
  at: number;
  other: number;
  piece: string;
  /** Whether the header's sum is made to fit again, so that what is in it is looked at. */
  isSummed: boolean;
}

/** From 0 up to and without 1, no place more often than others. */
const share = fc.noBias(fc.nat({ max: 2 ** 30 - 1 })).map((part) => part / 2 ** 30);

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('flip' as const, 'put' as const) },
    { weight: 1, arbitrary: fc.constantFrom(...(['cut', 'drop', 'repeat', 'exchange', 'zero'] as const)) },
  ),
  at: share,
  other: share,
  piece: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 40, unit: 'binary' })),
  isSummed: fc.boolean(),
});

describe('a tar stream that was altered', () => {
  let world: World;
  let entries: Entry[];
  let tar: Buffer;
  let headers: number[];
  let whole: Seen[];
  let outside: string;

  before(async () => {
    world = await makeWorld();
    outside = path.join(world.folder, 'outside');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'x'), 'not to be touched');
    makeHostileTree(world.source);
    rmSync(path.join(world.source, 'large'));
    const { pointId } = await world.backUp();
    const { head } = await openHead(world.store, ASSET, pointId, []);
    const manifest = await openManifest(world.store, head, world.identity);
    entries = [...manifest.entries()].filter(({ at }) => at);
    const opener = new PackOpener();
    const identities = parseIdentities(world.identity);
    const plain = manifest.packs.map((pack) => {
      const sealed = readFileSync(path.join(world.storeFolder, packKey(ASSET, pack.sha256)));
      return Buffer.from(opener.open(sealed, pack, identities));
    });
    tar = Buffer.concat(plain);
    // An extended header, which takes two blocks mostly, and the member's own.
    headers = entries.flatMap(({ at }) => [at![1], at![1] + 2 * BLOCK]);
    expect(unpack(tar, [tar.length])).to.equal('whole');
    whole = files();
  });
  after(() => world[Symbol.asyncDispose]());

  const target = () => path.join(world.folder, 'target');
  /** Folders get their times when all is done, and by another. */
  const files = () => look(target()).filter(({ facts }) => facts.startsWith('100'));

  /** Unpacks as a restore does, fed piece by piece. Answers `whole`, or what was wrong with the data. */
  function unpack(bytes: Buffer, pieces: number[]): string {
    rmSync(target(), { recursive: true, force: true });
    mkdirSync(target());
    for (const { path: of, type } of entries)
      if (type === 'directory' && of !== '.') mkdirSync(pathBelow(target(), of));
    const writer = new FileWriter(target());
    const check = new MemberCheck(entries, { sink: writer });
    const reader = new TarReader(check);
    try {
      let at = 0;
      for (const size of pieces) {
        reader.feed(bytes.subarray(at, at + size));
        at += size;
      }
      reader.feed(bytes.subarray(at));
      reader.finish();
      check.finish();
      return 'whole';
    } catch (error) {
      writer.abandon();
      if (error instanceof EngineError && error.kind === 'data') return error.because.code;
      throw error;
    }
  }

  /** One change, at any place or at a header. */
  function altered(bytes: Buffer, { kind, at, other, piece, isSummed }: Change): Buffer {
    const header = headers[Math.floor(at * headers.length)]!;
    const field = FIELDS[Math.floor(other * FIELDS.length)]!;
    const place = isSummed ? header + field : Math.floor(at * bytes.length);
    const block = Math.floor((at * bytes.length) / BLOCK) * BLOCK;
    const second = Math.floor((other * bytes.length) / BLOCK) * BLOCK;
    const blockOf = (from: number) => bytes.subarray(from, from + BLOCK);
    const copy = Buffer.from(bytes);
    if (kind === 'cut') return copy.subarray(0, block);
    if (kind === 'drop') return Buffer.concat([bytes.subarray(0, block), bytes.subarray(block + BLOCK)]);
    if (kind === 'repeat')
      return Buffer.concat([bytes.subarray(0, second), blockOf(block), bytes.subarray(second)]);
    if (kind === 'exchange') {
      blockOf(block).copy(copy, second);
      blockOf(second).copy(copy, block);
    } else if (kind === 'zero') copy.subarray(block, block + BLOCK).fill(0);
    else if (kind === 'put') Buffer.from(piece, 'latin1').copy(copy, Math.min(place, copy.length));
    else if (place < copy.length) copy[place]! ^= 1 << (Math.floor(at * 2 ** 20) % 8);
    if (isSummed) sum(copy, header);
    return copy;
  }

  it('is refused as bad data or gives back the same files, and nothing is written elsewhere', function () {
    this.timeout(120_000);
    const before = look(outside);
    const sizes = fc.array(
      fc.nat({ max: 40 }).map((blocks) => blocks * BLOCK),
      { maxLength: 6 },
    );
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), sizes, (changes, pieces) => {
        const outcome = unpack(changes.reduce(altered, tar), pieces);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (outcome === 'whole') expect(differences(whole, files())).to.deep.equal([]);
        expect(look(outside)).to.deep.equal(before);
      }),
      { numRuns: ALTERATIONS },
    );
    // What is altered without harm is padding, and fields that no reader looks at.
    const met = ['archive.damaged', 'entry.differs', 'entry.content-differs', 'whole'];
    expect([...outcomes.keys()]).to.include.members(met);
    expect(outcomes.get('whole')!).to.be.lessThan(0.4 * ALTERATIONS);
  });
});

/** The sum counts its own field as blanks. */
function sum(bytes: Buffer, at: number): void {
  if (at + BLOCK > bytes.length) return;
  bytes.fill(0x20, at + SUM_AT, at + SUM_END);
  const total = bytes.subarray(at, at + BLOCK).reduce((all, byte) => all + byte, 0);
  bytes.write(`${total.toString(8).padStart(6, '0')}\0 `, at + SUM_AT, 'latin1');
}
