import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { EngineError } from '#/jobs/recovery-points/contract.ts';
import type { Entry } from '#/jobs/recovery-points/manifest/entry.ts';
import { FileWriter } from '#/jobs/recovery-points/restore/file-writer.ts';
import { MemberCheck } from '#/jobs/recovery-points/restore/member-check.ts';
import { TarReader } from '#/jobs/recovery-points/tar/reader.ts';
import { openFile } from '#/jobs/verifiers/files/open-file.ts';
import { Refusal } from '#/plans/errors.ts';
import { readFile } from '#/server/exchange/read-file.ts';
import { extended, type TarMember, tarOf, type ZipMember, zipOf } from './archives.ts';

const FILE: TarMember = { name: 'a.txt', content: 'hello' };
/** What a manifest says of that file. */
const ENTRY = {
  path: 'a.txt',
  type: 'file',
  size: 5,
  sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
  mode: '0777',
  ...{ uid: 0, gid: 0, user: '', group: '', mtime: '0' },
  at: [0, 0, 5],
} as unknown as Entry;

/** What programs have unpacked to elsewhere, or for ever. */
const TARS: Record<string, TarMember[]> = {
  'a name that climbs out': [{ name: '../outside/x', content: 'evil' }],
  'a name from the root': [{ name: '/tmp/reprise-evil', content: 'evil' }],
  'a file through a link that leads out': [
    { name: 'd', kind: '2', link: '../outside' },
    { name: 'd/x', content: 'evil' },
  ],
  'a link that leads out, in the place of the file': [
    { name: 'a.txt', kind: '2', link: '../outside/x' },
    { name: 'a.txt', content: 'evil!' },
  ],
  'a hard link to a file outside': [
    { name: 'a.txt', kind: '1', link: '../outside/x' },
    { name: 'a.txt', content: 'evil!' },
  ],
  'a device': [{ name: 'a.txt', kind: '4' }],
  'a pipe': [{ name: 'a.txt', kind: '6' }],
  'the file twice, and the second time another': [FILE, { name: 'a.txt', content: 'EVIL!' }],
  'a size past all bounds': [{ ...FILE, size: '77777777777' }],
  'a size below nothing': [{ ...FILE, size: '\xff'.repeat(12) }],
  'a size that is none': [{ ...FILE, size: 'x'.repeat(12) }],
  'an extended header that names a place outside': [extended({ path: '../outside/x' }), FILE],
  'an extended header that makes it vast': [extended({ size: '9'.repeat(19) }), FILE],
  'an extended header for all that follow': [extended({ path: '../outside/x' }, 'g'), FILE],
  'an extended header that counts itself wrong': [
    { name: 'x', kind: 'x', content: '99 path=../outside/x\n' },
    FILE,
  ],
  'a long name that climbs out': [{ name: '././@LongLink', kind: 'L', content: '../outside/x\0' }, FILE],
  'a sparse file of vast size': [
    extended({ 'GNU.sparse.major': '1', 'GNU.sparse.realsize': '9'.repeat(18) }),
    FILE,
  ],
  'a name with a zero in it': [extended({ path: 'a.txt\0/../../outside/x' }), FILE],
};

const SHEET = { name: 'xl/workbook.xml', content: '<x/>' };
const MiB = 1 << 20;
const ZEROS = Buffer.alloc(MiB);
/** `opens`: it is odd, and a reader that writes nothing may take it for what it holds. */
const ZIPS: Record<string, { members: ZipMember[]; count?: number; opens?: true }> = {
  'names that climb out': { members: [{ name: '../../outside/x', content: 'evil' }, SHEET], opens: true },
  'names from the root': { members: [{ name: '/outside/x', content: 'evil' }, SHEET], opens: true },
  'a symbolic link': {
    members: [{ name: 'l', content: '../../outside/x', mode: 0o120777 }, SHEET],
    opens: true,
  },
  'a name with a zero in it': { members: [{ name: 'x\0.xml', content: 'evil' }, SHEET], opens: true },
  'one name twice': { members: [SHEET, { ...SHEET, content: '<y/>' }], opens: true },
  'more than it declares': { members: [{ name: 'x', content: Buffer.alloc(MiB), size: 10 }] },
  'less than it declares': { members: [{ name: 'x', content: 'x', size: 100 }] },
  'a size past all bounds': { members: [{ name: 'x', content: 'x', size: 0xfffffffe }] },
  'a packed size past its end': { members: [{ name: 'x', content: 'x', packedSize: 0xfffffffe }] },
  'another sum': { members: [{ name: 'x', content: 'x', crc: 1 }] },
  'a place past its end': { members: [{ name: 'x', content: 'x', at: 0xfffffffe }] },
  'a place inside its directory': { members: [{ name: 'x', content: 'x', at: 40 }] },
  'a method that nobody knows': { members: [{ name: 'x', content: 'x', method: 99 }] },
  'a password': { members: [{ name: 'x', content: 'x', flags: 1 }] },
  'more entries than are there': { members: [SHEET], count: 9 },
  'entries that share their packed bytes': {
    members: Array.from({ length: 100 }, (_, place) => ({
      ...{ name: `x${place}`, content: ZEROS },
      ...(place > 0 && { at: 0 }),
    })),
    opens: true,
  },
};

describe('an archive from a stranger', function () {
  this.timeout(20_000);
  let folder: string;
  let made = 0;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'reprise-archives-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** A place to unpack to, with a file beside it that nobody may touch. */
  const place = () => {
    const own = path.join(folder, String(made++));
    const [target, outside] = [path.join(own, 'target'), path.join(own, 'outside')];
    for (const one of [target, outside]) mkdirSync(one, { recursive: true });
    writeFileSync(path.join(outside, 'x'), 'kept');
    return { own, target, outside };
  };
  const expectUntouched = ({ own, outside }: { own: string; outside: string }) => {
    expect(readFileSync(path.join(outside, 'x'), 'utf8')).to.equal('kept');
    expect(statSync(path.join(outside, 'x')).nlink).to.equal(1);
    expect(readdirSync(own).sort()).to.deep.equal(['outside', 'target']);
    expect(readdirSync(outside)).to.deep.equal(['x']);
    expect(() => statSync('/tmp/reprise-evil')).to.throw();
  };

  function restore(target: string, tar: Buffer): string {
    const writer = new FileWriter(target);
    const check = new MemberCheck([ENTRY], { sink: writer });
    const reader = new TarReader(check);
    try {
      reader.feed(tar);
      reader.finish();
      check.finish();
      return 'whole';
    } catch (error) {
      writer.abandon();
      if (error instanceof EngineError) return error.kind;
      throw error;
    }
  }

  it('that is as it should be is restored', () => {
    const where = place();
    expect(restore(where.target, tarOf([FILE]))).to.equal('whole');
    expect(readFileSync(path.join(where.target, 'a.txt'), 'utf8')).to.equal('hello');
  });

  for (const [what, members] of Object.entries(TARS)) {
    it(`and holds ${what} is refused by a restore`, () => {
      const where = place();
      expect(restore(where.target, tarOf(members))).to.equal('data');
      expectUntouched(where);
      expect(readdirSync(where.target).filter((name) => name === 'd')).to.deep.equal([]);
    });
  }

  it('leads restore.sh nowhere else, for GNU tar is called as it calls it', () => {
    for (const [what, members] of Object.entries(TARS)) {
      const where = place();
      spawnSync('tar', ['-x', '-p', '-f', '-', '--xattrs', '--xattrs-include=*', '-C', where.target], {
        input: tarOf(members),
        timeout: 5000,
      });
      expect(() => expectUntouched(where), what).to.not.throw();
    }
  });

  for (const [what, { members, count, opens }] of Object.entries(ZIPS)) {
    it(`and has ${what} is no workbook, and ${opens ? 'opens to nothing but its content' : 'does not open'}`, () => {
      const zip = zipOf(members, count === undefined ? {} : { count });
      const where = place();
      expect(() => readFile('x.xlsx', zip)).to.throw(Refusal);
      const file = path.join(where.target, 'x.zip');
      writeFileSync(file, zip);
      const before = process.memoryUsage().rss;
      const { state } = openFile(file, 'zip');
      if (opens) expect(state).to.equal('opened');
      else expect(state).to.be.oneOf(['failed', 'locked']);
      expect(process.memoryUsage().rss - before).to.be.lessThan(700 * MiB);
      expect(readdirSync(where.target)).to.deep.equal(['x.zip']);
      expectUntouched(where);
    });
  }
});
