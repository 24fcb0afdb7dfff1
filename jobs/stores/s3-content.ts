/** Whether what comes back from S3 is what was written. The proof lies in the object's own metadata. */
import { createHash } from 'node:crypto';
import { because } from '../recovery-points/finding-codes.ts';
import { StoreError } from './store.ts';

/** SHA-256 of an object that went in one request. */
export const SHA256 = 'reprise-sha256';
/** Size of the parts of an object that went in several, on a server whose ETags are made of MD5. */
export const PART_BYTES = 'reprise-part-bytes';
/** Which write it was: an answer that was lost can be looked up. */
export const WRITE = 'reprise-write';

/** What a reader is told along with an object. */
interface Answer {
  Metadata?: Record<string, string> | undefined;
  ETag?: string | undefined;
}

/** Takes in a content, and tells at the end what it amounts to. */
interface Digest {
  update(piece: Uint8Array): void;
  end(): string;
}

/** Compares a content with what its object says of it. An object that says nothing passes. */
export class ContentCheck {
  readonly #expected: string | null;
  readonly #digest: Digest | null;

  constructor({ Metadata = {}, ETag = '' }: Answer) {
    const partBytes = Number(Metadata[PART_BYTES] ?? 0);
    this.#expected = Metadata[SHA256] ?? (partBytes > 0 ? ETag.replaceAll('"', '') : null);
    this.#digest = this.#expected === null ? null : Metadata[SHA256] ? whole() : new PartsDigest(partBytes);
  }

  update(piece: Uint8Array): void {
    this.#digest?.update(piece);
  }

  /** Throws `WrongContent` when it is another content. */
  end(address: string, key: string): void {
    const found = this.#digest?.end() ?? null;
    if (found !== this.#expected) throw new WrongContent(address, key, found ?? '');
  }
}

/** Bytes that were not written so. Whether the way or the store changed them is not known from one reading. */
export class WrongContent extends StoreError {
  readonly found: string;

  constructor(address: string, key: string, found: string) {
    super(
      'unreachable',
      because('store.content-differs', { address, object: key }),
      `Could not read ${key}: its bytes are not those that were written. They were changed on the way or in the store; read again to know.`,
      { key },
    );
    this.found = found;
  }
}

/** The ETag of an object in parts: the MD5 of the MD5s of its parts, and how many they are. */
export class PartsDigest implements Digest {
  readonly #partBytes: number;
  readonly #md5s: Buffer[] = [];
  #part = createHash('md5');
  #filled = 0;

  constructor(partBytes: number) {
    this.#partBytes = partBytes;
  }

  update(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      const taken = piece.subarray(at, at + this.#partBytes - this.#filled);
      this.#part.update(taken);
      this.#filled += taken.length;
      at += taken.length;
      if (this.#filled === this.#partBytes) this.#close();
    }
  }

  end(): string {
    if (this.#filled > 0) this.#close();
    return etagOfParts(this.#md5s);
  }

  #close(): void {
    this.#md5s.push(this.#part.digest());
    this.#part = createHash('md5');
    this.#filled = 0;
  }
}

export function etagOfParts(md5s: Buffer[]): string {
  return `${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-${md5s.length}`;
}

function whole(): Digest {
  const hash = createHash('sha256');
  return { update: (piece) => void hash.update(piece), end: () => hash.digest('hex') };
}
