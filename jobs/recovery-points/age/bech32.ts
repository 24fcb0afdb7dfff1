/** Bech32 (BIP 173), as age writes its keys. Checksums are verified; a mixed-case text is refused. */

const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Writes bytes under a human-readable prefix, in lower case. */
export function bech32Encode(prefix: string, data: Uint8Array): string {
  const words = regroup(data, 8, 5, true)!;
  const checksum = polymod([...expand(prefix), ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  for (let i = 0; i < 6; i++) words.push((checksum >>> (5 * (5 - i))) & 31);
  return `${prefix}1${words.map((word) => ALPHABET[word]).join('')}`;
}

/** Reads a text back into prefix (lower case) and bytes, or null when it is not valid Bech32. */
export function bech32Decode(text: string): { prefix: string; data: Buffer } | null {
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return null;
  const split = lower.lastIndexOf('1');
  if (split < 1 || lower.length - split < 7) return null;

  const prefix = lower.slice(0, split);
  const words = [...lower.slice(split + 1)].map((char) => ALPHABET.indexOf(char));
  if (words.includes(-1) || polymod([...expand(prefix), ...words]) !== 1) return null;
  const data = regroup(words.slice(0, -6), 5, 8, false);
  return data && { prefix, data: Buffer.from(data) };
}

function polymod(values: number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (let i = 0; i < 5; i++) if ((top >>> i) & 1) sum ^= GENERATOR[i]!;
  }
  return sum;
}

function expand(prefix: string): number[] {
  const codes = [...prefix].map((char) => char.charCodeAt(0));
  return [...codes.map((code) => code >>> 5), 0, ...codes.map((code) => code & 31)];
}

function regroup(data: Iterable<number>, from: number, to: number, pad: boolean): number[] | null {
  const out: number[] = [];
  let held = 0;
  let bits = 0;
  for (const value of data) {
    held = (held << from) | value;
    bits += from;
    while (bits >= to) {
      bits -= to;
      out.push((held >>> bits) & ((1 << to) - 1));
    }
    held &= (1 << bits) - 1;
  }
  if (pad && bits > 0) out.push((held << (to - bits)) & ((1 << to) - 1));
  if (!pad && (bits >= from || held !== 0)) return null;
  return out;
}
