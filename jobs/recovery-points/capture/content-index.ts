/** Content that lies in the packs already, found by its SHA-256. About a hundred bytes for each, whatever their number. */

const SHA_BYTES = 32;
const FIRST_SLOTS = 1 << 12;

/** Where content lies, and the path of the member that holds it. */
export interface Known {
  at: [pack: number, offset: number, span: number];
  path: string;
}

export class ContentIndex {
  #count = 0;
  /** Number of an item plus one; 0 is free. */
  #slots = new Uint32Array(FIRST_SLOTS);
  #sums = Buffer.alloc(SHA_BYTES * FIRST_SLOTS);
  /** Pack, offset, span, and where the path begins. */
  #places = new Float64Array(4 * FIRST_SLOTS);
  #paths = Buffer.alloc(64 * FIRST_SLOTS);
  #pathsEnd = 0;
  /** Sizes of what is known, so that a large file need not be read twice without hope. */
  readonly #sizes = new Set<number>();

  hasSize(size: number): boolean {
    return this.#sizes.has(size);
  }

  find(sha256: string): Known | null {
    const sum = Buffer.from(sha256, 'hex');
    const item = this.#slots[this.#slotOf(sum)]!;
    if (item === 0) return null;
    const place = 4 * (item - 1);
    const [pack, offset, span, from] = this.#places.subarray(place, place + 4);
    const to = item === this.#count ? this.#pathsEnd : this.#places[place + 7]!;
    return { at: [pack!, offset!, span!], path: this.#paths.toString('utf8', from, to) };
  }

  /** Adds content. What is known already stays as it is. */
  add(sha256: string, size: number, { at, path }: Known): void {
    if (2 * this.#count >= this.#slots.length) this.#grow();
    const sum = Buffer.from(sha256, 'hex');
    const slot = this.#slotOf(sum);
    if (this.#slots[slot] !== 0) return;
    this.#sizes.add(size);
    this.#makeRoomForPath(path.length * 3);
    sum.copy(this.#sums, SHA_BYTES * this.#count);
    this.#places.set([...at, this.#pathsEnd], 4 * this.#count);
    this.#pathsEnd += this.#paths.write(path, this.#pathsEnd, 'utf8');
    this.#slots[slot] = ++this.#count;
  }

  /** The slot of this sum, or the free one where it would stand. */
  #slotOf(sum: Buffer): number {
    const mask = this.#slots.length - 1;
    for (let slot = sum.readUInt32LE(0) & mask; ; slot = (slot + 1) & mask) {
      const item = this.#slots[slot]!;
      if (item === 0) return slot;
      const from = SHA_BYTES * (item - 1);
      if (this.#sums.compare(sum, 0, SHA_BYTES, from, from + SHA_BYTES) === 0) return slot;
    }
  }

  #grow(): void {
    const slots = 2 * this.#slots.length;
    this.#sums = larger(this.#sums, SHA_BYTES * slots);
    const places = new Float64Array(4 * slots);
    places.set(this.#places);
    this.#places = places;
    this.#slots = new Uint32Array(slots);
    for (let item = 1; item <= this.#count; item++) {
      const from = SHA_BYTES * (item - 1);
      this.#slots[this.#slotOf(this.#sums.subarray(from, from + SHA_BYTES))] = item;
    }
  }

  #makeRoomForPath(bytes: number): void {
    if (this.#pathsEnd + bytes > this.#paths.length)
      this.#paths = larger(this.#paths, 2 * this.#paths.length + bytes);
  }
}

function larger(bytes: Buffer, length: number): Buffer<ArrayBuffer> {
  const grown = Buffer.alloc(length);
  bytes.copy(grown);
  return grown;
}
