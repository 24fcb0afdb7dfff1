/** Which entries of a point are wanted, and which stretches of which packs hold them. */
import path from 'node:path';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { type Entry, isStored, type Manifest } from '../manifest.ts';

/** What to read from the packs. `entries` are in the order of the tar stream. */
export interface Selection {
  entries: Entry[];
  /** Entries to be written under another name: the content of a hard link whose first name is not wanted. */
  renamed: Map<string, Entry>;
  /** Pack by pack, the stretches that hold the entries. Laid end to end they are a tar stream again. */
  stretches: Map<number, [number, number][]>;
  bytes: number;
}

/** Everything that is stored, or what matches a glob, with the folders it lies in. */
export function select(manifest: Manifest, only: string | null): Selection {
  const stored = manifest.entries.filter(isStored);
  if (only === null) return place(manifest, stored, new Map());
  const wanted = new Set(stored.filter((entry) => matches(entry.path, only)).map((entry) => entry.path));
  if (wanted.size === 0)
    throw new EngineError(
      'call',
      because('ask.nothing-matches', { pattern: only }),
      `Nothing in this recovery point matches ${only}.`,
    );
  for (const found of [...wanted]) for (const parent of parentsOf(found)) wanted.add(parent);

  const renamed = new Map<string, Entry>();
  const byPath = new Map(stored.map((entry) => [entry.path, entry]));
  const entries = stored.filter(({ path: own }) => wanted.has(own));
  for (const entry of entries) if (entry.type === 'link') followLink(entry, byPath, wanted, renamed);
  const dropped = new Set([...renamed.values()].map(({ path: own }) => own));
  const needed = stored.filter(
    (entry) => (wanted.has(entry.path) && !dropped.has(entry.path)) || renamed.has(entry.path),
  );
  return place(manifest, needed, renamed);
}

/** The given entries of a point, for a sample. */
export function selectEntries(manifest: Manifest, entries: Entry[]): Selection {
  return place(manifest, entries, new Map());
}

function matches(entry: string, only: string): boolean {
  return path.matchesGlob(entry, only) || path.matchesGlob(entry, `${only.replace(/\/+$/, '')}/**`);
}

function parentsOf(entry: string): string[] {
  const parts = entry.split('/');
  return ['.', ...parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'))];
}

function followLink(
  entry: Entry,
  byPath: Map<string, Entry>,
  wanted: Set<string>,
  renamed: Map<string, Entry>,
): void {
  const first = entry.link ?? '';
  const target = byPath.get(first);
  if (wanted.has(first) || !target) return;
  const known = renamed.get(first);
  // The first wanted name gets the content; further ones become links to it.
  if (known) entry.link = known.path;
  else renamed.set(first, { ...target, path: entry.path });
}

function place(manifest: Manifest, entries: Entry[], renamed: Map<string, Entry>): Selection {
  const stretches = new Map<number, [number, number][]>();
  let bytes = 0;
  for (const entry of entries) {
    if (!isStored(entry)) continue;
    bytes += renamed.get(entry.path)?.size ?? entry.size ?? 0;
    addStretch(stretches, manifest, entry);
  }
  return { entries, renamed, stretches, bytes };
}

function addStretch(
  stretches: Selection['stretches'],
  { packs }: Manifest,
  { path: where, pack: first, offset: begin, span }: Entry & { pack: number; offset: number; span: number },
): void {
  let [pack, offset, left] = [first, begin, span];
  while (left > 0) {
    const room = (packs[pack]?.plainBytes ?? 0) - offset;
    if (room < 0 || pack >= packs.length)
      throw new EngineError(
        'data',
        because('manifest.bad-entry', { path: where }),
        `The manifest places ${where} outside the packs.`,
        { where },
      );
    const length = Math.min(left, room);
    const list = stretches.get(pack) ?? [];
    const last = list.at(-1);
    if (last && last[1] === offset) last[1] += length;
    else if (length > 0) list.push([offset, offset + length]);
    stretches.set(pack, list);
    left -= length;
    pack++;
    offset = 0;
  }
}
