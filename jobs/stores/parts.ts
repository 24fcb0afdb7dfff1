/** Cutting a stream of bytes into parts of one size, and working on a few of them at once. */

/** Parts of `partBytes` and a last one that may be shorter. Nothing comes of an empty stream. */
export async function* inParts(body: AsyncIterable<Uint8Array>, partBytes: number): AsyncGenerator<Buffer> {
  let part = Buffer.allocUnsafeSlow(partBytes);
  let filled = 0;
  for await (const piece of body) {
    for (let at = 0; at < piece.length; ) {
      const taken = piece.subarray(at, at + partBytes - filled);
      part.set(taken, filled);
      filled += taken.length;
      at += taken.length;
      if (filled < partBytes) continue;
      yield part;
      // The part just given away may still be on the wire.
      part = Buffer.allocUnsafeSlow(partBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

/** Parts of bytes that are in memory already: views, not copies. */
export async function* sliced(body: Uint8Array, partBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += partBytes) {
    const part = body.subarray(at, at + partBytes);
    yield Buffer.from(part.buffer, part.byteOffset, part.length);
  }
}

/** Works on `atOnce` parts at a time and takes no further part meanwhile. The first failure ends it all. */
export async function eachAtOnce(
  parts: AsyncIterable<Buffer>,
  atOnce: number,
  work: (part: Buffer, number: number) => Promise<void>,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const start = (part: Buffer, number: number) => {
    const one = work(part, number)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(one));
    underWay.add(one);
  };
  let number = 0;
  try {
    for await (const part of parts) {
      start(part, ++number);
      if (underWay.size >= atOnce) await Promise.race(underWay);
      if (failures.length > 0) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failures.length > 0) throw failures[0];
}
