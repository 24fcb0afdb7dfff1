import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { judgeContent } from '#/plans/content/judge.ts';
import type { ContentProfile } from '#/plans/content/profile.ts';
import { makeWorld, type World } from '../recovery-points/world.ts';
import { makeShare, noise, randomFrom } from './share.ts';

/** A share on disk, read back from real recovery points. */
describe('content of real points', () => {
  const random = randomFrom(3);
  let world: World;

  before(async () => {
    world = await makeWorld();
    for (const { path: name, bytes } of makeShare(120, random)) put(name, bytes);
    // One that lies over several packs, and one stored once under two names.
    put('films/long.jpg', Buffer.concat([Buffer.from('\xff\xd8\xff', 'latin1'), noise(20 << 20, random)]));
    put('temoin.docx', Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), noise(4000, random)]));
  });
  after(() => world[Symbol.asyncDispose]());

  const put = (name: string, bytes: Uint8Array) => {
    mkdirSync(path.dirname(path.join(world.source, name)), { recursive: true });
    writeFileSync(path.join(world.source, name), bytes);
  };
  const look = async (level: 'L2b' | 'L3', options: { watched?: string[] } = {}): Promise<ContentProfile> => {
    const { verdict, content } = await world.verify(level, options);
    expect(verdict).to.equal('passed');
    return content!;
  };
  const files = () =>
    readdirSync(world.source, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(world.source, path.join(entry.parentPath, entry.name)));

  it('is counted the same at L2b and at L3, files over several packs and copies with the rest', async () => {
    await world.backUp();
    cpSync(path.join(world.source, 'films/long.jpg'), path.join(world.source, 'films/double.jpg'));
    await world.backUp({ onLast: true });
    const read = await look('L2b');
    const restored = await look('L3');
    expect(read.files).to.equal(123);
    expect(read.endings.jpg).to.include({ files: 22, odd: 0 });
    expect(read.sketch.names.length).to.equal(123);
    expect({ ...restored, sketch: sorted(restored) }).to.deep.equal({ ...read, sketch: sorted(read) });
  });

  it('is not told where a budget let only some packs be read', async () => {
    const { content } = await world.verify('L2b', { budget: { bytes: 30_000_000 } });
    expect(content).to.equal(null);
  });

  it('is suspect after all files were encrypted in place, and after they were renamed', async () => {
    const before = await look('L2b');
    const week = Array.from({ length: 6 }, () => before);
    for (const file of files()) {
      const full = path.join(world.source, file);
      writeFileSync(full, noise(readFileSync(full).length, random));
    }
    await world.backUp();
    const inPlace = judgeContent(await look('L2b'), week);
    expect(inPlace.reasons.map(({ key }) => key)).to.deep.equal(['content.odd', 'content.replaced']);
    for (const file of files())
      renameSync(path.join(world.source, file), path.join(world.source, `${file}.crypted`));
    await world.backUp();
    const renamed = judgeContent(await look('L3'), week);
    expect(renamed.reasons.map(({ key }) => key)).to.include.members([
      'content.new-ending',
      'content.opaque',
      'content.replaced',
    ]);
  });

  it('tells watched files as they are in the point', async () => {
    put('temoin.txt', Buffer.from('tel quel'));
    await world.backUp();
    const { watched } = await look('L2b', { watched: ['temoin.txt', 'absent.txt'] });
    expect(watched.map(({ path: name, text }) => [name, text])).to.deep.equal([['temoin.txt', 'tel quel']]);
  });
});

const sorted = ({ sketch }: ContentProfile) => ({
  ...sketch,
  names: sketch.names.toSorted((a, b) => a - b),
  contents: sketch.contents.toSorted((a, b) => a - b),
});
