import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { openFiles } from '#/jobs/verifiers/files/open-files.ts';
import { SYSTEM_PATH, walls } from '#/jobs/verifiers/files/walls.ts';

/** A PDF of one page, with its table of objects. */
function pdf(): Buffer {
  const content = deflateSync('BT /F1 24 Tf (Bonjour) Tj ET');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>',
  ];
  let text = '%PDF-1.4\n';
  const places: number[] = [];
  const add = (body: string) => {
    places.push(text.length);
    text += `${places.length} 0 obj\n${body}\nendobj\n`;
  };
  for (const body of objects) add(body);
  add(
    `<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n${content.toString('latin1')}\nendstream`,
  );
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const xref = `xref\n0 ${places.length + 1}\n0000000000 65535 f \n${table}`;
  const trailer = `trailer\n<< /Size ${places.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text + xref + trailer, 'latin1');
}

function png(): Buffer {
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0]);
  const pixels = deflateSync(Buffer.alloc(8 * 25));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

async function workbook(): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  book.addWorksheet('Feuille').addRow(['a', 1, 'été']);
  return Buffer.from(await book.xlsx.writeBuffer());
}

const cut = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1);
function spoilt(bytes: Buffer, at = bytes.length >> 1): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 0xff;
  return copy;
}

describe('files that came back', function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'reprise-open-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  let made = 0;
  const inFolder = (files: Record<string, Uint8Array | string>): string => {
    const own = path.join(folder, String(made++));
    mkdirSync(own);
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(own, name)), { recursive: true });
      writeFileSync(path.join(own, name), bytes);
    }
    return own;
  };
  const mail =
    'From: a@b.c\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary="zz"\r\n\r\n' +
    '--zz\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n' +
    '--zz\r\nContent-Transfer-Encoding: base64\r\n\r\nQm9uam91cg==\r\n--zz--\r\n';
  /** The smallest picture there is. */
  const jpeg = Buffer.from(
    'ffd8ffe000104a46494600010100000100010000ffdb00430001010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101ffc0000b080001000101011100ffc40014000100000000000000000000000000000009ffc40014100100000000000000000000000000000000ffda0008010100003f0054df ffd9'.replace(
      ' ',
      '',
    ),
    'hex',
  );
  const tiff = Buffer.concat([
    Buffer.from('49492a0008000000', 'hex'),
    Buffer.from('0200' + '110104000100000026000000' + '170104000100000004000000' + '00000000', 'hex'),
    Buffer.from('01020304', 'hex'),
  ]);

  it('open kind by kind, with what no reader knows beside them', async () => {
    const database = path.join(folder, 'a.sqlite');
    const sqlite = new DatabaseSync(database);
    sqlite.exec('create table t (a); insert into t values (1)');
    sqlite.close();
    const own = inFolder({
      'a.pdf': pdf(),
      'b/ée.xlsx': await workbook(),
      'b/c.zip': await workbook(),
      'd.png': png(),
      'e.gz': gzipSync('bonjour'),
      'f.eml': mail,
      'g.jpg': jpeg,
      'h.tif': tiff,
      'i.sqlite': readFileSync(database),
      'j.dwg': 'x',
    });
    symlinkSync('/etc/passwd', path.join(own, 'lien.pdf'));
    const { kinds, unknown, failed, isolation } = await openFiles(own);
    expect(failed).to.deep.equal([]);
    expect(Object.keys(kinds).sort()).to.deep.equal(
      ['pdf', 'xlsx', 'zip', 'png', 'gz', 'eml', 'jpg', 'tif', 'sqlite'].sort(),
    );
    for (const counted of Object.values(kinds))
      expect(counted).to.deep.equal({ opened: 1, failed: 0, locked: 0 });
    expect(unknown).to.equal(1);
    expect(isolation).to.be.oneOf(['namespaces', 'limits']);
  });

  it('do not open once they are cut or changed, and are named', async () => {
    const [book, page, picture] = [await workbook(), pdf(), png()];
    const own = inFolder({
      'cut.pdf': cut(page),
      'spoilt.pdf': spoilt(page, page.indexOf('stream') + 12),
      'cut.xlsx': cut(book),
      'spoilt.zip': spoilt(book, 30 + book.readUInt16LE(26) + book.readUInt16LE(28)),
      'cut.png': cut(picture),
      'spoilt.png': spoilt(picture),
      'cut.gz': cut(gzipSync(Buffer.alloc(5000, 'été'))),
      'cut.eml': mail.slice(0, -30),
      'cut.jpg': cut(jpeg),
      'cut.tif': cut(tiff),
      'false.docx': 'not a document',
      'whole.pdf': page,
    });
    const { failed, kinds } = await openFiles(own);
    expect(failed.map(({ path: name }) => name).sort()).to.deep.equal(
      readdirSync(own)
        .filter((name) => name !== 'whole.pdf')
        .sort(),
    );
    expect(kinds.pdf).to.deep.equal({ opened: 1, failed: 2, locked: 0 });
    expect(failed.every(({ sha256, why }) => /^[0-9a-f]{64}$/.test(sha256) && why !== '')).to.equal(true);
  });

  it('that ask for a password, or hold more than fits, are told as locked', async () => {
    const sealed = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
    const bomb = await workbook();
    bomb.writeUInt32LE(0x7fffffff, bomb.indexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24);
    const { kinds } = await openFiles(inFolder({ 'a.docx': sealed, 'b.zip': bomb }));
    expect(kinds).to.deep.equal({
      docx: { opened: 0, failed: 0, locked: 1 },
      zip: { opened: 0, failed: 0, locked: 1 },
    });
  });

  it('are opened where there is no network, no right to write, and so much memory', function () {
    const { command, isolation } = walls();
    const [program = '', ...args] = command;
    const inside = (script: string) =>
      execFileSync(program, [...args, process.execPath, '-e', script], {
        encoding: 'utf8',
        env: { PATH: SYSTEM_PATH },
      }).trim();
    const target = JSON.stringify(path.join(folder, 'probe.txt'));
    expect(
      inside(`try { require('fs').writeFileSync(${target}, 'x') } catch (e) { console.log(e.code) }`),
    ).to.be.oneOf(['EFBIG', 'EACCES']);
    expect(
      inside(`try { Buffer.alloc(4 * 2 ** 30, 1) } catch (e) { console.log(e.constructor.name) }`),
    ).to.be.oneOf(['Error', 'RangeError']);
    if (isolation !== 'namespaces') this.skip();
    expect(inside(`require('net').connect(1, '127.0.0.1').on('error', (e) => console.log(e.code))`)).to.equal(
      'ENETUNREACH',
    );
  });

  describe('one by one', () => {
    /** Takes a good part of a second to unpack. */
    const slow = gzipSync(Buffer.alloc(2 ** 29), { level: 1 });
    const childrenOf = (parent: number | undefined) =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .filter((pid) => commandOf(pid).includes('verifiers/files/child.ts') && parentOf(pid) === parent);

    it('go on behind one that takes too long', async () => {
      const own = inFolder({ 'a.gz': slow, 'b.gz': slow, 'c.pdf': pdf() });
      let isStopped = false;
      const { kinds, failed } = await openFiles(own, {
        fileMs: 3000,
        onProgress: () => {
          if (!isStopped) for (const pid of childrenOf(process.pid)) process.kill(Number(pid), 'SIGSTOP');
          isStopped = true;
        },
      });
      const sum = (state: 'opened' | 'locked') =>
        Object.values(kinds).reduce((total, counted) => total + counted[state], 0);
      // On a busy machine another may take too long by itself.
      expect(sum('opened') + sum('locked')).to.equal(3);
      expect(sum('opened')).to.be.at.least(1);
      expect(sum('locked')).to.be.at.least(1);
      expect(failed).to.deep.equal([]);
    });

    it('leave no process and no file behind when who opens them is killed', async () => {
      const own = inFolder({ 'a.gz': slow });
      const program = `
        import { openFiles } from './jobs/verifiers/files/open-files.ts';
        await openFiles(${JSON.stringify(own)});`;
      const worker = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' });
      const children = await eventually(
        () => childrenOf(worker.pid),
        (found) => found.length > 0,
      );
      worker.kill('SIGKILL');
      await eventually(
        () => children.filter((pid) => commandOf(pid).includes('child.ts')),
        (left) => left.length === 0,
      );
      expect(readdirSync(own)).to.deep.equal(['a.gz']);
    });
  });
});

const read = (file: string) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
};
const commandOf = (pid: string) => read(`/proc/${pid}/cmdline`);
const parentOf = (pid: string) => Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1]);

async function eventually<Thing>(look: () => Thing, done: (thing: Thing) => boolean): Promise<Thing> {
  for (let i = 0; i < 200; i++) {
    const seen = look();
    if (done(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('It did not come about in ten seconds.');
}
