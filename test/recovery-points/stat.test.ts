import { execFileSync } from 'node:child_process';
import {
  closeSync,
  lstatSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { StatsTable, statOpen } from '#/jobs/recovery-points/native/stat.ts';

describe('facts of files', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'reprise-stat-'));
    writeFileSync(path.join(folder, 'file'), 'content');
    execFileSync('touch', ['-d', '1969-07-20T20:17:40.123456789Z', path.join(folder, 'file')]);
    writeFileSync(path.join(folder, 'epoch'), '');
    execFileSync('touch', ['-d', '1970-01-01T00:00:00.000000007Z', path.join(folder, 'epoch')]);
    writeFileSync(path.join(folder, 'large'), '');
    truncateSync(path.join(folder, 'large'), 5e9);
    execFileSync('mkfifo', [path.join(folder, 'fifo')]);
    symlinkSync('nowhere', path.join(folder, 'symlink'));
  });

  after(() => rmSync(folder, { recursive: true }));

  it('are those that Node tells', () => {
    const paths = ['.', 'file', 'epoch', 'large', 'fifo', 'symlink'].map((name) => path.join(folder, name));
    const table = StatsTable.for(20);
    for (const [i, full] of [...paths, '/dev/null', '/dev/tty', '/proc/self/status'].entries()) {
      table.look(i, Buffer.from(full));
      const seen = table.at(i);
      const { mode, nlink, uid, gid, size, blocks, ino, mtimeNs, ctimeNs, rdev } = lstatSync(full, {
        bigint: true,
      });
      expect(
        [seen.mode, seen.nlink, seen.uid, seen.gid, seen.size, seen.blocks].map(BigInt),
        full,
      ).to.deep.equal([...[mode, nlink, uid, gid, size, blocks]]);
      const isFixed = !full.startsWith('/proc');
      expect([seen.ino, ...(isFixed ? [seen.mtime, seen.ctime] : [])], full).to.deep.equal(
        [ino, ...(isFixed ? [mtimeNs, ctimeNs] : [])].map(String),
      );
      const [major, minor] = seen.rdev;
      expect(BigInt(major * 256 + minor), full).to.equal(rdev);
    }
  });

  it('compare as a whole and in part', () => {
    const table = StatsTable.for(3);
    const full = Buffer.from(path.join(folder, 'file'));
    const before = table.look(0, full);
    expect(table.look(1, full).equals(before)).to.equal(true);
    execFileSync('touch', ['-d', '1969-07-20T20:17:40.123456788Z', path.join(folder, 'file')]);
    const after = table.look(1, full);
    expect([after.equals(before), after.isSameFile(before)]).to.deep.equal([false, true]);
    expect([after.isSameTime('mtime', before), after.isSameTime('ctime', before)]).to.deep.equal([
      false,
      false,
    ]);
    expect(table.look(2, Buffer.from(path.join(folder, 'epoch'))).isSameFile(before)).to.equal(false);
  });

  it('of an open file are good until the next call, and longer as a copy', () => {
    const [file, epoch] = ['file', 'epoch'].map((name) => openSync(path.join(folder, name), 'r')) as [
      number,
      number,
    ];
    const first = statOpen(file);
    const kept = first.copy();
    expect(first.size).to.equal(7);
    statOpen(epoch);
    expect([first.size, kept.size, kept.isFile()]).to.deep.equal([0, 7, true]);
    closeSync(file);
    closeSync(epoch);
  });

  it('are refused for what is not there, with the system’s own error', () => {
    expect(() => StatsTable.for(1).look(0, Buffer.from(path.join(folder, 'nothing')))).to.throw('ENOENT');
  });
});
