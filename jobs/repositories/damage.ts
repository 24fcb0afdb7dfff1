/** Damage planted where a tool reads: in a view of its repository that is ours, so that nothing is copied whole and nothing written. */
import type { OpenRequest } from './repository.ts';

export const DAMAGES = ['byte-changed', 'pack-missing'] as const;
export type Damage = (typeof DAMAGES)[number];

export interface ViewRequest extends OpenRequest {
  snapshot: string;
}

/** A repository as it is, but for one pack. */
export interface DamageView extends AsyncDisposable {
  /** Has the tool read what the pack holds, sound with null: what it complains of, or null. */
  check(damage: Damage | null): Promise<string | null>;
}

export interface Planted {
  kind: Damage;
  caught: boolean;
}

/** Null where the view itself is no good: then its complaint would say nothing of the damage. */
export async function plantDamage(view: DamageView): Promise<Planted[] | null> {
  if ((await view.check(null)) !== null) return null;
  const planted: Planted[] = [];
  for (const kind of DAMAGES) planted.push({ kind, caught: (await view.check(kind)) !== null });
  return planted;
}

/** In the middle. */
export function changeByte(bytes: Buffer): Buffer {
  const at = bytes.length >> 1;
  bytes[at] = bytes[at]! ^ 0x01;
  return bytes;
}
