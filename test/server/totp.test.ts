import { expect } from 'chai';
import { codeAt, newTotpSecret, stepOfCode, toBase32 } from '#/server/totp.ts';

// RFC 6238, appendix B: the last six of the eight digits there.
const SECRET = toBase32(Buffer.from('12345678901234567890'));
const OF_THE_RFC: [number, string][] = [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
];

describe('one-time codes', () => {
  it('are those of the standard', () => {
    for (const [seconds, code] of OF_THE_RFC)
      expect(codeAt(SECRET, Math.floor(seconds / 30)), String(seconds)).to.equal(code);
  });

  it('are taken one step early or late, and no further', () => {
    const now = new Date(1111111111000);
    const step = Math.floor(1111111111 / 30);
    const taken = [-2, -1, 0, 1, 2].map((away) => stepOfCode(SECRET, codeAt(SECRET, step + away), now));
    expect(taken).to.deep.equal([null, step - 1, step, step + 1, null]);
    expect(stepOfCode(SECRET, ' 050 471 ', now)).to.equal(step);
    for (const typed of ['', '05047', '0504711', 'x50471'])
      expect(stepOfCode(SECRET, typed, now)).to.equal(null);
  });

  it('come from secrets of 160 bits', () => {
    expect(newTotpSecret()).to.match(/^[A-Z2-7]{32}$/);
    expect(toBase32(Buffer.from('foobar'))).to.equal('MZXW6YTBOI');
  });
});
