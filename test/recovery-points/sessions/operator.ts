/** Somebody who works on a tree, and does what people, programs and enemies do to files. */
import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { makeNode, setMtime } from '#/jobs/recovery-points/native/files.ts';
import { setXattr } from '#/jobs/recovery-points/native/xattrs.ts';
import type { Random } from './random.ts';

const NAMES = [
  ...['a', 'b', 'c', 'folder', 'x.txt', '.hidden', '-rf', ' both ', 'new\nline', 'back\\slash', 'quo"te'],
  ...[
    '%41',
    'tab\tand\r',
    '&*?[g]$(x)',
    "it's",
    'é',
    '日本',
    'n'.repeat(200),
    'a.b',
    'a b',
    '\\060',
    '__proto__',
  ],
].map((name) => Buffer.from(name).toString('latin1'));
const ODD_NAMES = [...NAMES, '\xff', 'a\xe9\x01', '\x7f'];
const SIZES = [0, 1, 3, 511, 512, 513, 4096, 5000, 70_000, 300_000];
const LARGE_SIZES = [1_200_000, 2_097_152, 2_500_000, 6_000_000];
const VAST = 20_000_000;
const TIMES = [
  '0',
  '1',
  '981173106123456789',
  '-1',
  '-315619199500000001',
  '-500000000',
  '1580608922020202020',
];
const MODES = [0o644, 0o600, 0o755, 0o777, 0o000, 0o444, 0o4755, 0o2755, 0o1777, 0o111];
const MANY = 70;

const WORKS = {
  write: 14,
  writeOdd: 3,
  append: 5,
  truncate: 4,
  rewrite: 6,
  copy: 8,
  remove: 7,
  rename: 9,
  moveFolder: 5,
  exchange: 3,
  makeFolder: 7,
  becomeFolder: 3,
  becomeFile: 2,
  chmod: 4,
  chown: 3,
  setTime: 5,
  symlink: 4,
  link: 9,
  unlinkFirst: 4,
  sparse: 3,
  fifo: 1,
  attribute: 4,
} as const;

export class Operator {
  readonly #root: string;
  readonly #random: Random;

  constructor(root: string, random: Random) {
    this.#root = root;
    this.#random = random;
  }

  /** Does one thing and says what. What cannot be done (a file in a file, a folder into itself) is left. */
  act(): string {
    const paths = this.#paths();
    const work = paths.length > MANY ? 'remove' : this.#random.weighted(WORKS);
    try {
      this[work](paths);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!code || code === 'ENOSPC') throw error;
      return `${work} (${code})`;
    }
    return work;
  }

  write(paths: string[]): void {
    const at = this.#random.chance(0.3) ? this.#file(paths) : this.#free(paths);
    writeFileSync(this.#full(at), this.#content());
  }

  writeOdd(paths: string[]): void {
    writeFileSync(this.#full(this.#free(paths, ODD_NAMES)), this.#content());
  }

  append(paths: string[]): void {
    appendFileSync(this.#full(this.#file(paths)), 'more');
  }

  truncate(paths: string[]): void {
    const at = this.#full(this.#file(paths));
    truncateSync(at, this.#random.below(lstatSync(at).size + 600));
  }

  /** Other bytes of the same length, and the old time put back. */
  rewrite(paths: string[]): void {
    const at = this.#full(this.#file(paths));
    const { size, mtimeNs } = statSync(at, { bigint: true });
    const fd = openSync(at, 'r+');
    writeSync(fd, Buffer.from([this.#random.below(256)]), 0, 1, size > 0n ? Number(size - 1n) : 0);
    closeSync(fd);
    if (this.#random.chance(0.7)) setMtime(at, String(mtimeNs));
  }

  copy(paths: string[]): void {
    copyFileSync(this.#full(this.#file(paths)), this.#full(this.#free(paths)));
  }

  remove(paths: string[]): void {
    rmSync(this.#full(this.#any(paths)), { recursive: true });
  }

  rename(paths: string[]): void {
    const to = this.#random.chance(0.4) ? this.#any(paths) : this.#free(paths);
    renameSync(this.#full(this.#any(paths)), this.#full(to));
  }

  moveFolder(paths: string[]): void {
    renameSync(this.#full(this.#random.pick(this.#folders(paths))), this.#full(this.#free(paths)));
  }

  exchange(paths: string[]): void {
    const [one, other] = [this.#full(this.#any(paths)), this.#full(this.#any(paths))];
    const aside = this.#full('aside');
    renameSync(one, aside);
    try {
      renameSync(other, one);
      renameSync(aside, other);
    } catch (error) {
      renameSync(aside, one);
      throw error;
    }
  }

  makeFolder(paths: string[]): void {
    mkdirSync(this.#full(this.#free(paths)));
  }

  becomeFolder(paths: string[]): void {
    const at = this.#any(paths);
    unlinkSync(this.#full(at));
    mkdirSync(this.#full(at));
    writeFileSync(this.#full(`${at}/${this.#random.pick(NAMES)}`), this.#content());
  }

  becomeFile(paths: string[]): void {
    const at = this.#full(this.#random.pick(this.#folders(paths)));
    rmSync(at, { recursive: true });
    writeFileSync(at, this.#content());
  }

  chmod(paths: string[]): void {
    const at = this.#full(this.#any(paths, ''));
    if (!lstatSync(at).isSymbolicLink()) chmodSync(at, this.#random.pick(MODES));
  }

  chown(paths: string[]): void {
    lchownSync(
      this.#full(this.#any(paths, '')),
      this.#random.pick([0, 33, 4_000_000]),
      this.#random.below(3),
    );
  }

  setTime(paths: string[]): void {
    setMtime(this.#full(this.#any(paths, '')), this.#random.pick(TIMES));
  }

  symlink(paths: string[]): void {
    const target = this.#random.pick(['a', '..', '/etc', '/nowhere/\xe9', 'folder/b', 'long/'.repeat(60)]);
    symlinkSync(Buffer.from(target, 'latin1'), this.#full(this.#free(paths)));
  }

  link(paths: string[]): void {
    linkSync(this.#full(this.#any(paths)), this.#full(this.#free(paths)));
  }

  unlinkFirst(paths: string[]): void {
    const first = paths.find((path) => {
      const stats = lstatSync(this.#full(path));
      return !stats.isDirectory() && stats.nlink > 1;
    });
    if (first) unlinkSync(this.#full(first));
  }

  sparse(paths: string[]): void {
    const at = this.#full(this.#free(paths));
    const size = this.#random.pick([100_000, 900_000, 3_000_000]);
    writeFileSync(at, '');
    const fd = openSync(at, 'r+');
    for (let i = this.#random.below(3); i > 0; i--) writeSync(fd, 'data', this.#random.below(size));
    closeSync(fd);
    truncateSync(at, size);
  }

  fifo(paths: string[]): void {
    makeNode(this.#full(this.#free(paths)), 'fifo', [0, 0]);
  }

  attribute(paths: string[]): void {
    const [name, value] = [
      this.#random.pick(['user.note', 'user.é="%', 'trusted.t']),
      this.#random.below(500),
    ];
    const at = this.#full(this.#any(paths, ''));
    if (!setXattr(at, Buffer.from(name).toString('latin1'), Buffer.alloc(value, 'v')))
      throw Object.assign(new Error(), { code: 'ENOTSUP' });
  }

  /** Mostly one of few, so that equal content is met often. */
  #content(): Buffer {
    const isLarge = this.#random.chance(0.06);
    const size = this.#random.chance(0.004) ? VAST : this.#random.pick(isLarge ? LARGE_SIZES : SIZES);
    const kind = this.#random.below(this.#random.chance(0.7) ? 3 : 1000);
    return Buffer.alloc(size, `${kind} is what this is made of, ${kind} times over and over. `);
  }

  #any(paths: string[], ...others: string[]): string {
    return this.#random.pick([...paths, ...others]);
  }

  /** Something that can be opened at once: a FIFO waits for another end. */
  #file(paths: string[]): string {
    const path = this.#any(paths);
    if (!statSync(this.#full(path)).isFile()) throw waits();
    return path;
  }

  #folders(paths: string[]): string[] {
    return paths.filter((path) => lstatSync(this.#full(path)).isDirectory());
  }

  /** A name in some folder, mostly a new one, three deep at most. */
  #free(paths: string[], names = NAMES): string {
    const folders = ['', ...this.#folders(paths).filter((path) => path.split('/').length < 4)];
    const folder = this.#random.chance(0.4) ? '' : this.#random.pick(folders);
    const name = this.#random.pick(names);
    const path = folder === '' ? name : `${folder}/${name}`;
    if (statSync(this.#full(path), { throwIfNoEntry: false })?.isFIFO()) throw waits();
    return path;
  }

  #full(path: string): Buffer {
    return Buffer.concat([Buffer.from(`${this.#root}/`), Buffer.from(path, 'latin1')]);
  }

  #paths(): string[] {
    const paths: string[] = [];
    const visit = (folder: string) => {
      const found = readdirSync(this.#full(folder), { withFileTypes: true, encoding: 'buffer' });
      for (const one of found.sort((a, b) => Buffer.compare(a.name, b.name))) {
        const path = `${folder === '' ? '' : `${folder}/`}${one.name.toString('latin1')}`;
        paths.push(path);
        if (one.isDirectory()) visit(path);
      }
    };
    visit('');
    return paths;
  }
}

const waits = () => Object.assign(new Error(), { code: 'EINVAL' });
