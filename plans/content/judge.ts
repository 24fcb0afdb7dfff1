/**
 * Whether what a point holds looks as if somebody encrypted, wiped or lost it, against earlier points of the same source.
 * What it can find is a suspicion; what it cannot find is never called clean. Pure, so that histories can be simulated.
 */
import type { ContentProfile } from './profile.ts';
import { gone, isAbove, isBelow, median } from './robust.ts';

/** What is usual is known from so many earlier points on. */
export const ENOUGH_HISTORY = 5;

export interface ContentReason {
  key: string;
  params: Record<string, string | number>;
  /** Some of the files that show it. */
  files: string[];
}

/** A file that must stay as it is; `sha256` is null until it was seen once. */
export interface Canary {
  path: string;
  sha256: string | null;
}

export interface ContentVerdict {
  state: 'suspect' | 'nothing-strange';
  reasons: ContentReason[];
  /** How many earlier points it was held against. */
  history: number;
}

const LEAST_STRANGE = 3;
const LEAST_STRANGE_SHARE = 0.01;
/** What was always there is no news. */
const KNOWN_BEFORE = 0.7;
const RISE_OF_OPAQUE = 0.05;
const SHARE_OF_NEW_ENDING = 0.2;
/** Shares and counts of fewer files jump by themselves. */
const LEAST_FILES = 20;
const LOST = 0.3;
const SWELLED = 1;
const REPLACED = 0.5;

/** `earlier` are points of the same source that raised no suspicion, newest first. */
export function judgeContent(
  now: ContentProfile,
  earlier: readonly ContentProfile[],
  canaries: readonly Canary[] = [],
): ContentVerdict {
  const reasons = [
    ...lostCanaries(now, canaries),
    ...oddContent(now, earlier),
    ...newEndings(now, earlier),
    ...(earlier.length >= ENOUGH_HISTORY
      ? [...moreOpaque(now, earlier), ...drift(now, earlier), ...replacement(now, earlier)]
      : []),
  ];
  return { state: reasons.length > 0 ? 'suspect' : 'nothing-strange', reasons, history: earlier.length };
}

function lostCanaries({ watched }: ContentProfile, canaries: readonly Canary[]): ContentReason[] {
  const found = new Map(watched.map(({ path, sha256 }) => [path, sha256]));
  const known = canaries.filter(({ sha256 }) => sha256 !== null);
  const missing = known.filter(({ path }) => !found.has(path)).map(({ path }) => path);
  const changed = known
    .filter(({ path, sha256 }) => found.has(path) && found.get(path) !== sha256)
    .map(({ path }) => path);
  return [
    ...(missing.length > 0 ? [reason('content.canary-gone', { count: missing.length }, missing)] : []),
    ...(changed.length > 0 ? [reason('content.canary-changed', { count: changed.length }, changed)] : []),
  ];
}

/** Needs no history, but what was always so is not told anew. */
function oddContent(now: ContentProfile, earlier: readonly ContentProfile[]): ContentReason[] {
  const { count, share } = strange(now, 'odd');
  if (count < LEAST_STRANGE || share < LEAST_STRANGE_SHARE) return [];
  const usual = median(earlier.map((one) => strange(one, 'odd').share)) ?? 0;
  if (usual >= KNOWN_BEFORE * share) return [];
  return [reason('content.odd', { count, percent: percentOf(share) }, filesThat(now, 'odd'))];
}

/** An ending that no earlier point has, over much of the source, with content that says nothing. */
function newEndings(now: ContentProfile, earlier: readonly ContentProfile[]): ContentReason[] {
  if (earlier.length === 0) return [];
  const known = new Set(earlier.flatMap(({ endings }) => Object.keys(endings)));
  return Object.entries(now.endings)
    .filter(([ending]) => ending !== '*' && !known.has(ending))
    .filter(([, { files }]) => files >= LEAST_STRANGE && files >= SHARE_OF_NEW_ENDING * now.files)
    .filter(([, { looked, opaque }]) => looked > 0 && opaque >= looked / 2)
    .map(([ending, { files }]) =>
      reason('content.new-ending', { ending: ending || '–', count: files }, filesThat(now, 'opaque')),
    );
}

function moreOpaque(now: ContentProfile, earlier: readonly ContentProfile[]): ContentReason[] {
  const { count, share } = strange(now, 'opaque');
  const before = earlier.map((one) => strange(one, 'opaque').share);
  if (count < LEAST_STRANGE || !isAbove(share, before, RISE_OF_OPAQUE)) return [];
  const params = { percent: percentOf(share), usual: percentOf(median(before) ?? 0) };
  return [reason('content.opaque', params, filesThat(now, 'opaque'))];
}

/** How many files there are and how large, in proportion: what doubles is as far off as what halves. */
function drift(now: ContentProfile, earlier: readonly ContentProfile[]): ContentReason[] {
  return (['files', 'bytes'] as const).flatMap((measure) => {
    const before = earlier.map((one) => one[measure]);
    const [usual, last] = [median(before) ?? 0, before[0] ?? 0];
    if (usual === 0 || (measure === 'files' && usual < LEAST_FILES)) return [];
    const params = { now: now[measure], usual: Math.round(usual) };
    const logs = before.map(Math.log1p);
    const log = Math.log1p(now[measure]);
    if (now[measure] < (1 - LOST) * last && isBelow(log, logs, -Math.log(1 - LOST)))
      return [reason(`content.${measure}-lost`, params)];
    if (now[measure] > (1 + SWELLED) * last && isAbove(log, logs, Math.log(1 + SWELLED)))
      return [reason(`content.${measure}-swelled`, params)];
    return [];
  });
}

/** Content that the last point held and this one does not, under whatever name. */
function replacement(now: ContentProfile, earlier: readonly ContentProfile[]): ContentReason[] {
  const [last] = earlier;
  if (!last || last.sketch.contents.length < LEAST_FILES) return [];
  const share = gone(last.sketch, now.sketch, 'contents');
  const usual = earlier.slice(1).map((one, i) => gone(one.sketch, earlier[i]!.sketch, 'contents'));
  if (share < REPLACED || !isAbove(share, usual, REPLACED / 2)) return [];
  const names = gone(last.sketch, now.sketch, 'names');
  return [reason('content.replaced', { percent: percentOf(share), names: percentOf(names) })];
}

function strange({ endings }: ContentProfile, look: 'odd' | 'opaque') {
  const all = Object.values(endings);
  const count = all.reduce((sum, tally) => sum + tally[look], 0);
  const looked = all.reduce((sum, tally) => sum + tally.looked, 0);
  return { count, share: looked === 0 ? 0 : count / looked };
}

const filesThat = ({ strange: files }: ContentProfile, look: 'odd' | 'opaque'): string[] =>
  files.filter((one) => one.look === look).map(({ path }) => path);

const percentOf = (share: number): number => Math.round(share * 1000) / 10;

const reason = (key: string, params: ContentReason['params'], files: string[] = []): ContentReason => ({
  key,
  params,
  files,
});
