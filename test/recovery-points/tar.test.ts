import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { checkPath, decodePath, encodePath } from '#/jobs/recovery-points/paths.ts';
import { type Member, memberHeader, type ReadMember } from '#/jobs/recovery-points/tar/header.ts';
import { TarReader } from '#/jobs/recovery-points/tar/reader.ts';

const nameBytes = fc
  .uint8Array({ minLength: 1, maxLength: 255 })
  .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x61 : byte))))
  .filter((name) => !['.', '..'].includes(name.toString('latin1')));

const member = fc.record({
  path: nameBytes,
  mode: fc.nat({ max: 0o7777 }),
  uid: fc.nat({ max: 4_000_000_000 }),
  gid: fc.nat({ max: 4_000_000_000 }),
  mtime: fc.bigInt({ min: -1_000_000_000_000_000_000n, max: 8_000_000_000_000_000_000n }).map(String),
  size: fc.oneof(fc.nat(), fc.nat({ max: 2 ** 40 })),
});

describe('tar headers', () => {
  it('say to our reader what our writer meant', () => {
    fc.assert(
      fc.property(member, (facts) => {
        const written: Member = {
          ...facts,
          type: 'file',
          user: 'alice',
          group: '',
          link: null,
          device: null,
          sparse: null,
          xattrs: null,
        };
        let read: ReadMember | null = null;
        const sink = {
          begin: (seen: ReadMember) => {
            read = seen;
          },
          data() {},
          end() {},
        };
        new TarReader(sink).feed(memberHeader(written));
        const { user: _, group: __, ...seen } = written;
        expect(read).to.deep.equal(seen);
      }),
      { numRuns: 300 },
    );
  });

  it('say the same to GNU tar: name, mode, time to the nanosecond', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'reprise-tar-'));
    try {
      const members = fc.sample(member, 60).map((facts, index) => ({
        ...facts,
        path: Buffer.concat([Buffer.from(`${index}-`), facts.path]).subarray(0, 255),
      }));
      const headers = members.map((facts) =>
        Buffer.from(
          memberHeader({
            ...facts,
            size: 0,
            uid: 0,
            gid: 0,
            type: 'file',
            user: '',
            group: '',
            link: null,
            device: null,
            sparse: null,
            xattrs: null,
          }),
        ),
      );
      const tar = Buffer.concat([...headers, Buffer.alloc(1024)]);
      execFileSync('tar', ['-x', '-p', '-f', '-', '-C', folder, '--warning=none'], { input: tar });
      expect(readdirSync(folder)).to.have.length(members.length);
      for (const { path: name, mode, mtime } of members) {
        const stats = lstatSync(Buffer.concat([Buffer.from(`${folder}/`), name]), { bigint: true });
        expect(String(stats.mtimeNs)).to.equal(mtime);
        expect(Number(stats.mode & 0o7777n)).to.equal(mode);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are refused when a bit is changed or the stream is cut', () => {
    const facts = {
      mode: 0o644,
      uid: 0,
      gid: 0,
      user: '',
      group: '',
      mtime: '0',
      size: 3,
      link: null,
      device: null,
      sparse: null,
      xattrs: null,
    };
    const header = memberHeader({ ...facts, path: Buffer.from('a'), type: 'file' });
    const whole = Buffer.concat([header, Buffer.from('abc'), Buffer.alloc(509), Buffer.alloc(1024)]);
    const sink = { begin() {}, data() {}, end() {} };
    const read = (bytes: Buffer) => {
      const reader = new TarReader(sink);
      reader.feed(bytes);
      reader.finish();
    };
    read(whole);
    const changed = Buffer.from(whole);
    changed[0] = 0x62;
    expect(() => read(changed)).to.throw('does not add up');
    for (const cut of [512, 700, 1024, 1536])
      expect(() => read(whole.subarray(0, cut)), `${cut}`).to.throw('damaged');
  });
});

describe('paths as text', () => {
  const anyPath = fc
    .array(nameBytes, { minLength: 1, maxLength: 4 })
    .map((parts) => Buffer.concat(parts.flatMap((part, i) => (i ? [Buffer.from('/'), part] : [part]))));

  it('give back their bytes, need no escape in JSON, and pass the check', () => {
    fc.assert(
      fc.property(anyPath, (bytes) => {
        const text = encodePath(bytes);
        expect(decodePath(text).equals(bytes)).to.equal(true);
        expect(JSON.stringify(text)).to.equal(`"${text}"`);
        expect(Buffer.from(text).toString()).to.equal(text);
        checkPath(text);
      }),
      { numRuns: 500 },
    );
  });

  it('leave letters of any script as they are', () => {
    for (const text of ['plain.txt', 'é/à ü', '日本語', 'a\u202eb', '🗄'])
      expect(encodePath(Buffer.from(text))).to.equal(text);
    expect(encodePath(Buffer.from('50% "\\\n'))).to.equal('50%25 %22%5C%0A');
    expect(encodePath(Buffer.from('caf\xe9', 'latin1'))).to.equal('caf%E9');
  });

  it('are refused when they would lead out of the folder', () => {
    for (const path of [
      '..',
      '../a',
      'a/../b',
      '/a',
      'a//b',
      '',
      'a/',
      'a/.',
      '%2E%2E/a',
      'a%2Fb',
      'a%00',
      '%zz',
      'a\nb',
      'a%2',
      './a',
    ])
      expect(() => checkPath(path), JSON.stringify(path)).to.throw('impossible path');
  });
});
