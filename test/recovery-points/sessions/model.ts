/** What a store should hold: each point, and the tree as it was when the point was made. */
import { differences, type Seen, within, without } from './tree.ts';

export interface Remembered {
  tree: Seen[];
  /** A folder that was being written to meanwhile: what is in it may be anything. */
  busy: string | null;
  /** A name that the rules left out. */
  leftOut: string | null;
}

export class Model {
  readonly #points = new Map<string, Remembered>();

  get ids(): string[] {
    return [...this.#points.keys()].sort();
  }

  remember(id: string, point: Remembered): void {
    this.#points.set(id, point);
  }

  forget(id: string): void {
    this.#points.delete(id);
  }

  isBusy(id: string): boolean {
    return this.#points.get(id)!.busy !== null;
  }

  /** A path of the point that a glob can name as it stands, or null. */
  plainPaths(id: string): string[] {
    return this.#expected(id).flatMap(({ path }) => (/^[\w./ -]+$/.test(path) ? [path] : []));
  }

  /** How a restored tree, or a part of one, differs from what was there. */
  compare(id: string, found: Seen[], only: string | null = null): string[] {
    const { busy } = this.#points.get(id)!;
    const expected = this.#expected(id);
    const wanted = only === null ? expected : within(expected, only);
    return busy === null ? differences(wanted, found) : differences(calm(wanted, busy), calm(found, busy));
  }

  #expected(id: string): Seen[] {
    const { tree, leftOut } = this.#points.get(id)!;
    return leftOut === null ? tree : without(tree, leftOut);
  }
}

function calm(seen: Seen[], busy: string): Seen[] {
  return seen.filter(({ path }) => path !== busy && !path.startsWith(`${busy}/`));
}
