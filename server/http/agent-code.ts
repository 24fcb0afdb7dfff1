/** One-time codes that people read out and type: 100 bits in letters and digits that nobody takes for another (Crockford). */
import { randomInt } from 'node:crypto';
import { hashOfToken } from '#/plans/sign-in.ts';

const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 4;
const GROUP = 5;

export function newCode(): string {
  const group = () => Array.from({ length: GROUP }, () => SIGNS[randomInt(SIGNS.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** However it was typed: in small letters, without dashes, with O for 0. */
export const hashOfCode = (typed: string): string =>
  hashOfToken(
    typed
      .toUpperCase()
      .replaceAll(/[^0-9A-Z]/g, '')
      .replaceAll('O', '0')
      .replaceAll(/[IL]/g, '1'),
  );
