/** Where things lie in a store, and the names they may have. */
import { randomBytes } from 'node:crypto';
import { EngineError } from './contract.ts';
import { because } from './finding-codes.ts';

const ASSET = /^(?!\.)[A-Za-z0-9._-]{1,100}$/;
const POINT = /^\d{8}T\d{9}Z-[0-9a-f]{12}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Refuses an asset's name that could not be a folder everywhere. */
export function checkAsset(asset: string): void {
  if (!ASSET.test(asset))
    throw new EngineError(
      'call',
      because('ask.bad-asset', { asset }),
      `"${asset}" cannot be an asset's name: use 1 to 100 letters, digits, dots, hyphens and underscores, not beginning with a dot.`,
    );
}

export function isPointId(text: string): boolean {
  return POINT.test(text);
}

/** Names with later moments could not be written: whoever put one there must not keep others from being made. */
const LAST_MOMENT = Date.UTC(9999, 0);

/**
 * Names a new point: the UTC moment to the millisecond, so that names sort by time, and twelve random digits. Behind a point that a clock
 * dated ahead it comes next, or that one would be taken for the latest until its day.
 */
export function newPointId(at: Date, last: string | null = null): string {
  const next = last === null ? 0 : timeOfPoint(last) + 1;
  const moment = new Date(next < LAST_MOMENT ? Math.max(at.getTime(), next) : at.getTime());
  return `${moment.toISOString().replace(/[-:.]/g, '')}-${randomBytes(6).toString('hex')}`;
}

/** The moment in a point's name, in milliseconds. */
export function timeOfPoint(id: string): number {
  const [, year, month, day, hour, minute, second, ms] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/
    .exec(id)!
    .map(Number) as number[];
  return Date.UTC(year!, month! - 1, day, hour, minute, second, ms);
}

export function packKey(asset: string, sha256: string): string {
  if (!SHA256.test(sha256))
    throw new EngineError(
      'data',
      because('manifest.bad-entry', { path: sha256 }),
      `"${sha256}" is not the SHA-256 of a pack.`,
    );
  return `${packPrefix(asset)}${sha256}.tar.zst.age`;
}

export const packPrefix = (asset: string) => `${asset}/packs/`;

/** Whose object of an asset a key is, as its name tells; null when it is none of ours. */
export type KeyKind =
  | { kind: 'pack'; sha256: string }
  | { kind: 'point'; id: string; file: 'manifest' | 'signature' | 'head' }
  | { kind: 'marker' };

export function kindOfKey(asset: string, key: string): KeyKind | null {
  const [folder, name = ''] = key.slice(asset.length + 1).split('/');
  const sha256 = name.slice(0, 64);
  if (folder === 'packs' && SHA256.test(sha256) && key === packKey(asset, sha256))
    return { kind: 'pack', sha256 };
  if (folder === 'running' && key === markerKey(asset, name.slice(0, -'.json'.length)))
    return { kind: 'marker' };
  if (folder !== 'snapshots' || !isPointId(name)) return null;
  const keys = pointKeys(asset, name);
  const found = (['manifest', 'signature', 'head'] as const).find((one) => keys[one] === key);
  return found ? { kind: 'point', id: name, file: found } : null;
}

/** Where work under way says that it is: a backup by the name of its point, a clean-up as `clean-up`. */
export function markerKey(asset: string, name: string): string {
  return `${markerPrefix(asset)}${name}.json`;
}

export function markerPrefix(asset: string): string {
  return `${asset}/running/`;
}

export function snapshotPrefix(asset: string): string {
  return `${asset}/snapshots/`;
}

/** Keys of the three files that make a point. */
export function pointKeys(asset: string, pointId: string) {
  const folder = `${snapshotPrefix(asset)}${pointId}`;
  return {
    manifest: `${folder}/manifest.json.zst.age`,
    signature: `${folder}/head.json.sig`,
    head: `${folder}/head.json`,
  };
}
