/**
 * Makes a set of points to be kept, with new keys: `node test/recovery-points/make-fixed-points.ts vectors|corpus FOLDER`.
 * What it made once is never made again: a set shows what the program of its day wrote.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setMtime } from '#/jobs/recovery-points/native/files.ts';
import { setXattr } from '#/jobs/recovery-points/native/xattrs.ts';
import { describeTree } from './fixed-points.ts';
import { makeHostileTree, makeWorld } from './world.ts';

const PACK_AND_MORE_MIB = 17;
const MORNING = '2026-01-0';

type Place = (name: string | Buffer) => Buffer;

/** Each step is followed by a backup. */
const STORIES: Record<string, ((at: Place) => void)[]> = {
  vectors: [makeFirst, changeSome, changeOne],
  corpus: [(at) => makeHostileTree(at('.').toString().slice(0, -2)), changeHostile, changeOne],
};

const [story = '', folder = ''] = process.argv.slice(2);
if (!STORIES[story] || folder === '') throw new Error('vectors or corpus, and a folder to make');
await using world = await makeWorld();
mkdirSync(path.join(folder, 'expected'), { recursive: true });
const place: Place = (name) => Buffer.concat([Buffer.from(`${world.source}/`), Buffer.from(name as string)]);
for (const [day, step] of STORIES[story].entries()) {
  step(place);
  const expected = describeTree(world.source);
  const now = () => new Date(`${MORNING}${day + 5}T06:00:00.000Z`);
  const { pointId, basedOn, reservations } = await world.backUp({ onLast: true, now });
  console.log(pointId, 'on', basedOn, reservations);
  writeFileSync(path.join(folder, 'expected', `${pointId}.json`), asLines(expected));
}
if (story === 'vectors')
  for (const name of ['RESTORE.md', 'restore.sh']) rmSync(path.join(world.storeFolder, name));
cpSync(world.storeFolder, path.join(folder, 'store'), { recursive: true });
writeFileSync(
  path.join(folder, 'identity.txt'),
  `# A key of tests: it opens nothing else.\n${world.identity}\n`,
);
writeFileSync(path.join(folder, 'signing.key'), world.signingKey);
writeFileSync(path.join(folder, 'signing.pub'), world.publicKey);

function makeFirst(at: Place): void {
  const pieces = Array.from({ length: PACK_AND_MORE_MIB }, (_, i) =>
    Buffer.alloc(1 << 20, `mebibyte ${i}\n`),
  );
  writeFileSync(at('a-file-over-two-packs'), Buffer.concat(pieces));
  writeFileSync(at('empty'), '');
  for (const name of ['folder', 'becomes-a-file', 'empty-folder']) mkdirSync(at(name));
  for (const name of ['plain', 'changes', 'goes', 'moves'])
    writeFileSync(at(`folder/${name}`), `content of ${name}\n`);
  writeFileSync(at('becomes-a-file/inside'), 'inside\n');
  writeFileSync(at('first-name'), 'a file with two names\n');
  linkSync(at('first-name'), at('second-name'));
  symlinkSync('folder/plain', at('symlink'));
  symlinkSync(Buffer.from('nowhere/\xe9', 'latin1'), at('symlink-to-bytes'));
  execFileSync('mkfifo', [at('fifo').toString()]);
  writeFileSync(at('sparse'), Buffer.concat([Buffer.alloc(600_000), Buffer.from('data in the middle')]));
  truncateSync(at('sparse'), 1_200_000);
  writeFileSync(at(Buffer.from('latin-1 \xe9', 'latin1')), 'not UTF-8\n');
  writeFileSync(at('été 日本 \n "quoted" \\ 100% %41'), 'UTF-8, and all that is escaped\n');
  writeFileSync(at(`${'long-'.repeat(30)}name`), 'longer than a ustar header takes\n');
  writeFileSync(at('with-attributes'), 'x\n');
  setXattr(at('with-attributes'), 'user.note', Buffer.from('été\n'));
  setXattr(at('with-attributes'), 'user.a=b%3Dc', Buffer.from([0, 61, 255]));
  writeFileSync(at('before-1970'), 'old\n');
  setMtime(at('before-1970'), '-315619199500000001');
  setMtime(at('symlink'), '1321009871111111111');
  setMtime(at('folder/plain'), '981173106000000000');
  chmodSync(at('folder/plain'), 0o640);
  chmodSync(at('empty-folder'), 0o1777);
}

/** A copy, a change, a move, something gone, and a folder that became a file. */
function changeSome(at: Place): void {
  copyFileSync(at('folder/plain'), at('copy of plain'));
  chmodSync(at('copy of plain'), 0o600);
  writeFileSync(at('folder/changes'), 'content that changed\n');
  unlinkSync(at('folder/goes'));
  renameSync(at('folder/moves'), at('moved'));
  copyFileSync(at('moved'), at('moved, and copied'));
  rmSync(at('becomes-a-file'), { recursive: true });
  writeFileSync(at('becomes-a-file'), 'a file now\n');
}

function changeHostile(at: Place): void {
  renameSync(at(Buffer.from('all\n\\\r\xff%0A"& ', 'latin1')), at('-moved'));
  copyFileSync(at('-dash'), at(Buffer.from('copy\t\xfe', 'latin1')));
  unlinkSync(at('new\nline'));
  rmSync(at(Buffer.from('dir\xff', 'latin1')), { recursive: true });
  writeFileSync(at(Buffer.from('dir\xff', 'latin1')), 'a file now');
  mkdirSync(at('becomes'));
  writeFileSync(at('becomes/one'), 'x');
  linkSync(at('quo"te'), at('another-name'));
}

function changeOne(at: Place): void {
  writeFileSync(at('on-the-third-day'), 'new\n');
}

/** One entry a line, so that a difference shows. */
function asLines(entries: object[]): string {
  return `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`;
}
