/** The answer of a key drill: letters and digits that are never mistaken for each other, with a check against slips of the hand. */
import { randomBytes } from 'node:crypto';
import { sha256 } from './canonical.ts';

/** Crockford's: no I, L, O or U. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SECRET = 14;
const CHECK = 2;

/** 70 bits that nobody guesses, and two letters that follow from them: `XXXX-XXXX-XXXX-XXXX`. */
export function newAnswer(): string {
  const secret = Array.from(randomBytes(SECRET), (byte) => LETTERS[byte % 32]).join('');
  return (secret + checkOf(secret)).match(/.{4}/g)!.join('-');
}

/** As people type it, made into what is hashed; null where it was mistyped. */
export function readAnswer(typed: string): string | null {
  const letters = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  const isWhole = letters.length === SECRET + CHECK && [...letters].every((one) => LETTERS.includes(one));
  if (!isWhole || checkOf(letters.slice(0, SECRET)) !== letters.slice(SECRET)) return null;
  return letters;
}

export const hashOfAnswer = (salt: string, answer: string): string =>
  sha256(`${salt}\n${readAnswer(answer)}`);

function checkOf(secret: string): string {
  const bits = Number.parseInt(sha256(secret).slice(0, 4), 16);
  return LETTERS[bits & 31]! + LETTERS[(bits >> 5) & 31]!;
}
