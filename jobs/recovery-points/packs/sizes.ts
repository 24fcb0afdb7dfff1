/** Sizes that shape the format's work. Readers depend on none of them: the manifest records every length. */

/** One zstd frame's content, and the unit in which buffers are handed about. */
export const SLAB_BYTES = 2 << 20;
/** Content of one pack, at most. */
export const PACK_BYTES = 64 << 20;
/** Content that may be waiting for compression at once: two packs. */
export const SLABS_IN_FLIGHT = (2 * PACK_BYTES) / SLAB_BYTES;
/** Sealed packs that may be waiting for the store at once. */
export const UPLOADS_IN_FLIGHT = 2;
export const WORKERS = 2;
