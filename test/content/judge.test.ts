import { expect } from 'chai';
import { ENOUGH_HISTORY, judgeContent } from '#/plans/content/judge.ts';
import type { ContentProfile } from '#/plans/content/profile.ts';
import { encrypt, type MadeFile, makeFile, makeShare, profileOf, randomFrom, workADay } from './share.ts';
import { STORIES, tellStories } from './stories.ts';

const keysOf = (now: ContentProfile, earlier: ContentProfile[] = []) =>
  judgeContent(now, earlier).reasons.map(({ key }) => key);

/** A week of work, newest first, and the share as it is then. */
function aWeek(seed: number, files = 400): { earlier: ContentProfile[]; share: MadeFile[] } {
  const random = randomFrom(seed);
  let share = makeShare(files, random);
  const earlier: ContentProfile[] = [];
  for (let day = 0; day < 7; day++) {
    share = workADay(share, random, day);
    earlier.unshift(profileOf(share));
  }
  return { earlier, share };
}

describe('content of points', () => {
  const random = randomFrom(99);
  const { earlier, share } = aWeek(1);

  it('shows nothing strange after a day of work, and never more than that', () => {
    const verdict = judgeContent(profileOf(workADay(share, random, 8)), earlier);
    expect(verdict).to.deep.equal({ state: 'nothing-strange', reasons: [], history: 7 });
  });

  it('is suspect when all is encrypted in place, and names files', () => {
    const { state, reasons } = judgeContent(profileOf(share.map((file) => encrypt(file, random))), earlier);
    expect(state).to.equal('suspect');
    expect(reasons.map(({ key }) => key)).to.deep.equal(['content.odd', 'content.replaced']);
    expect(reasons[0]!.files.length).to.equal(20);
    expect(share.map(({ path }) => path)).to.include.members(reasons[0]!.files);
  });

  it('is suspect when all is encrypted and renamed, from the second point on', () => {
    const locked = profileOf(share.map((file) => encrypt(file, random, '.locked')));
    expect(keysOf(locked, earlier)).to.include.members(['content.new-ending', 'content.replaced']);
    expect(keysOf(locked, earlier.slice(0, 1))).to.deep.equal(['content.new-ending']);
    expect(keysOf(locked)).to.deep.equal([]);
  });

  it('is suspect at once where one file in fifty is encrypted', () => {
    const some = share.map((file, i) => (i % 50 === 0 ? encrypt(file, random) : file));
    expect(keysOf(profileOf(some), earlier)).to.deep.equal(['content.odd']);
  });

  it('is suspect where files were filled with zeros', () => {
    const wiped = share.map((file, i) => (i % 20 === 0 ? { ...file, bytes: Buffer.alloc(1024) } : file));
    expect(keysOf(profileOf(wiped), earlier)).to.include('content.odd');
  });

  it('is suspect where a third is gone, or twice as much came', () => {
    expect(keysOf(profileOf(share.slice(share.length / 3)), earlier)).to.include('content.files-lost');
    const doubled = [...share, ...share.map((file) => ({ ...file, path: `copie/${file.path}` }))];
    expect(keysOf(profileOf([...doubled, ...doubled.slice(0, 40)]), earlier)).to.include(
      'content.files-swelled',
    );
  });

  it('says nothing of what is usual with too little history', () => {
    const few = earlier.slice(0, ENOUGH_HISTORY - 1);
    expect(keysOf(profileOf(share.slice(share.length / 2)), few)).to.deep.equal([]);
    expect(judgeContent(profileOf(share), few).history).to.equal(ENOUGH_HISTORY - 1);
  });

  it('takes what was always opaque as usual', () => {
    const sealed = share.map((file, i) => (i % 3 === 0 ? encrypt(file, randomFrom(i), '.axx') : file));
    const always = Array.from({ length: 6 }, () => profileOf(sealed));
    expect(keysOf(profileOf(sealed), always)).to.deep.equal([]);
  });

  it('is suspect where a canary is gone or changed, and not where it was never seen', () => {
    const canaries = [
      { path: 'a/temoin.txt', sha256: 'a'.repeat(64) },
      { path: share[0]!.path, sha256: 'b'.repeat(64) },
      { path: 'jamais-vu.txt', sha256: null },
    ];
    const profile = profileOf(
      share,
      canaries.map(({ path }) => path),
    );
    const { reasons } = judgeContent(profile, earlier, canaries);
    expect(reasons).to.deep.equal([
      { key: 'content.canary-gone', params: { count: 1 }, files: ['a/temoin.txt'] },
      { key: 'content.canary-changed', params: { count: 1 }, files: [share[0]!.path] },
    ]);
  });

  it('is told apart by its own files when the source is large', () => {
    const many = makeShare(12_000, randomFrom(5));
    const profile = profileOf(many);
    expect(profile.oneOf).to.equal(3);
    expect(Object.values(profile.endings).reduce((sum, { looked }) => sum + looked, 0)).to.be.within(
      3700,
      4300,
    );
    const some = many.map((file, i) => (i % 50 === 0 ? encrypt(file, random) : file));
    expect(keysOf(profileOf(some), [profile])).to.deep.equal(['content.odd']);
  });

  it('reads text, pictures and archives as what they are', () => {
    for (const name of ['a.txt', 'a.docx', 'a.pdf', 'a.jpg'])
      expect(profileOf([makeFile(name, random)]).strange, name).to.deep.equal([]);
    expect(
      profileOf([encrypt({ path: 'a.txt', bytes: Buffer.alloc(0), size: 1 }, random)]).strange,
    ).to.deep.equal([{ path: 'a.txt', look: 'odd' }]);
  });
});

/** `CONTENT_HISTORIES=200` tells the figures of the README; two histories of each show that the table is not stale. */
describe('histories of content', function () {
  this.timeout(0);
  const histories = Number(process.env.CONTENT_HISTORIES ?? 2);

  for (const [name, story] of Object.entries(STORIES))
    it(`${name}: ${story.raises} suspect, as the README tells`, () => {
      const told = tellStories(story, histories);
      if (process.env.CONTENT_HISTORIES) console.log(name, JSON.stringify(told));
      expect(told.falseAlarms / told.pointsBefore).to.be.at.most(0.01);
      const share = told.alarmed / histories;
      if (story.raises === 'always') expect(share).to.equal(1);
      else if (story.raises === 'mostly') expect(share).to.be.at.least(0.5);
      else expect(share).to.be.at.most(0.05);
    });
});
