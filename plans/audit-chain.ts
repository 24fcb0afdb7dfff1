/** Judges a chain of audit events: whether it is as it was written, or else which event is not. Needs no database. */
import { sha256 } from './canonical.ts';

/** One event as the chain sees it. The hash is over the hash before it, the number and the content. */
export interface ChainLine {
  seq: number;
  previousHash: string;
  hash: string;
  content: string;
  /** False where what stands beside the content, for searching, says something else. */
  agrees?: boolean;
}

/** What somebody signed and put elsewhere: the hash of each event's content from the first on, and the head of the chain. */
export interface Anchored {
  contents: readonly string[];
  heads: readonly ChainHead[];
}

export interface ChainHead {
  seq: number;
  hash: string;
}

export type Alteration = 'changed' | 'removed' | 'inserted' | 'reordered' | 'cut-off';

/** `at` is the number of the first event that is not as it was written; `anchored` how many are held by anchors. */
export type ChainState =
  | { intact: true; events: number; head: string; anchored: number }
  | { intact: false; events: number; at: number; alteration: Alteration };

export const CHAIN_START = '0'.repeat(64);
export const NO_ANCHORS: Anchored = { contents: [], heads: [] };

/** How many lines after a fault are looked at to tell what was done. */
const LOOK_AHEAD = 2000;

export const linkHash = (previous: string, seq: number, content: string) =>
  sha256(`${previous}\n${seq}\n${content}`);

/** Reads lines in the order they are in, up to the first that is not as it was written. */
export async function judgeChain(
  lines: AsyncIterable<ChainLine> | Iterable<ChainLine>,
  anchored: Anchored = NO_ANCHORS,
): Promise<ChainState> {
  const heads = new Map(anchored.heads.map(({ seq, hash }) => [seq, hash]));
  let events = 0;
  let previous = CHAIN_START;
  let rest: ChainLine[] | null = null;
  for await (const line of lines) {
    if (rest) {
      if (rest.push(line) >= LOOK_AHEAD) break;
    } else if (isNext(line, events + 1, previous, anchored, heads)) {
      events += 1;
      previous = line.hash;
    } else rest = [line];
  }
  const place = { seq: events + 1, previous };
  if (rest) return { intact: false, events, ...nameAlteration(rest, place, anchored) };
  if (events < anchored.contents.length)
    return { intact: false, events, at: events + 1, alteration: 'cut-off' };
  return { intact: true, events, head: previous, anchored: anchored.contents.length };
}

function isNext(
  line: ChainLine,
  seq: number,
  previous: string,
  { contents }: Anchored,
  heads: ReadonlyMap<number, string>,
): boolean {
  return (
    line.seq === seq &&
    line.previousHash === previous &&
    line.agrees !== false &&
    line.hash === linkHash(previous, seq, line.content) &&
    (heads.get(seq) ?? line.hash) === line.hash &&
    (seq > contents.length || contents[seq - 1] === sha256(line.content))
  );
}

interface Place {
  seq: number;
  previous: string;
}

interface Named {
  at: number;
  alteration: Alteration;
}

function nameAlteration(rest: readonly ChainLine[], place: Place, { contents }: Anchored): Named {
  return place.seq <= contents.length ? nameByAnchors(rest, place, contents) : nameByHashes(rest, place);
}

/** Whoever altered an event may have computed every hash again: what anchors hold tells them apart all the same. */
function nameByAnchors(
  rest: readonly ChainLine[],
  { seq, previous }: Place,
  contents: readonly string[],
): Named {
  const found = rest.map(({ content }) => sha256(content));
  const [here = ''] = found;
  const isElsewhere = found.indexOf(contents[seq - 1]!, 1) > 0;
  const belongsLater = contents.indexOf(here, seq) >= 0 || isOf(rest[0]!, laterThan(seq, rest));
  const byHashes = nameByHashes(rest, { seq, previous }).alteration;
  if (here === contents[seq - 1]) return { at: seq, alteration: 'changed' };
  if (isElsewhere && belongsLater && found.indexOf(here, 1) < 0) return { at: seq, alteration: 'reordered' };
  if (isElsewhere) return { at: seq, alteration: byHashes === 'reordered' ? 'reordered' : 'inserted' };
  // Past the last anchor nobody knows what belongs there but by the hashes.
  const isRemoved = belongsLater || byHashes === 'removed';
  return { at: seq, alteration: isRemoved ? 'removed' : 'changed' };
}

/** Without anchors, by the hashes that the lines still carry. */
function nameByHashes(rest: readonly ChainLine[], { seq, previous }: Place): Named {
  const here = rest[0]!;
  const isWanted = ({ hash, content }: ChainLine) => hash === linkHash(previous, seq, content);
  const isElsewhere = rest.some((line, index) => index > 0 && isWanted(line));
  const belongsLater = isOf(here, laterThan(seq, rest));
  const isTwice = rest.some(({ hash }, index) => index > 0 && hash === here.hash);
  if (isElsewhere) return { at: seq, alteration: belongsLater && !isTwice ? 'reordered' : 'inserted' };
  if (belongsLater) return { at: seq, alteration: 'removed' };
  if (isWanted(here)) return { at: seq, alteration: 'changed' };
  // The one before fits what came before it, but not what follows: it was written anew, or put in.
  if (isOf(here, [seq])) return { at: seq - 1, alteration: 'changed' };
  if (isOf(here, [seq - 1]) && here.hash !== previous) return { at: seq - 1, alteration: 'inserted' };
  if (isOf(here, earlierThan(seq))) return { at: seq, alteration: 'inserted' };
  const isExchanged = rest.some(({ content }) => here.hash === linkHash(previous, seq, content));
  return { at: seq, alteration: isExchanged ? 'reordered' : 'changed' };
}

const isOf = ({ previousHash, hash, content }: ChainLine, places: Iterable<number>) => {
  for (const seq of places) if (hash === linkHash(previousHash, seq, content)) return true;
  return false;
};

/** What was taken out may be more than what is left after it. */
const laterThan = (seq: number, rest: readonly ChainLine[]) =>
  new Set([rest[0]!.seq, ...rest.map((_, index) => seq + 1 + index)].filter((place) => place > seq));

const earlierThan = (seq: number) =>
  Array.from({ length: Math.min(seq - 1, LOOK_AHEAD) }, (_, index) => seq - 1 - index);
