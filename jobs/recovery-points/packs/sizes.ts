/** Sizes that shape the format's work. Readers depend on none of them: the manifest records every length. */

import { sealedBound } from '../age/seal.ts';
import { frameBound } from '../native/zstd.ts';

/** One zstd frame's content, and the unit in which buffers are handed about. */
export const SLAB_BYTES = 2 << 20;
/** Content of one pack, at most. */
export const PACK_BYTES = 16 << 20;
/** More than such a pack has once it is sealed. What is not used of it takes no memory. */
export const SEALED_BYTES = PACK_BYTES + (PACK_BYTES >> 4);
export const WORKERS = 2;
/** Content that may wait for compression at once: a pack for each worker, and some to go on with. */
export const SLABS_IN_FLIGHT = WORKERS * (PACK_BYTES / SLAB_BYTES) + 4;
/** Sealed packs that may be under way to the store at once. */
export const UPLOADS_IN_FLIGHT = 3;

/** Room for the largest sealed pack. */
export function packRoom(recipients: number): number {
  return sealedBound((PACK_BYTES / SLAB_BYTES) * frameBound(SLAB_BYTES), recipients);
}
