/** The last point, as a run sees it that stores only what is new. */

import { pathOf } from '../manifest/entry.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { comparePaths } from '../manifest/order.ts';
import { ContentIndex } from './content-index.ts';

const STORED_FILE = /^","type":"file","sha256":"([0-9a-f]{64})","at":\[(\d+),(\d+),(\d+)\]/;
const PATH_AT = '{"path":"'.length;

/** Looks lines up in the order of a walk, and uses the manifest up: a million files take memory once. */
export class BaseLines {
  readonly #lines: Generator<string>;
  #line: string | null;
  #path = '';

  constructor(manifest: Manifest) {
    this.#lines = manifest.lastLines();
    this.#line = this.#next();
  }

  /**
   * The line of this path if it was a file whose content is stored, or null: a hard link's line speaks of another name,
   * which may be gone. Paths must be asked for in order.
   */
  findFile(path: string): string | null {
    while (this.#line !== null && comparePaths(this.#path, path) < 0) this.#line = this.#next();
    return this.#line !== null && this.#path === path && placeIn(this.#line) ? this.#line : null;
  }

  #next(): string | null {
    const { value, done } = this.#lines.next();
    if (done) return null;
    this.#path = pathOf(value);
    return value;
  }
}

/** All whole files of a point by their content. A file that was torn or stands under another's name is not offered. */
export function indexContent(manifest: Manifest | null): ContentIndex {
  const index = new ContentIndex();
  for (const line of manifest?.lines() ?? []) {
    const match = placeIn(line);
    if (!match || line.includes('","reservation":') || /,"(copy|sparse)":/.test(line)) continue;
    const [, sha256 = '', pack, offset, span] = match;
    const size = Number(/,"size":(\d+)/.exec(line)?.[1]);
    index.add(sha256, size, {
      at: [Number(pack), Number(offset), Number(span)],
      path: pathOf(line),
    });
  }
  return index;
}

function placeIn(line: string): RegExpExecArray | null {
  const pathEnd = line.indexOf('"', PATH_AT);
  return STORED_FILE.exec(line.slice(pathEnd, pathEnd + 160));
}
