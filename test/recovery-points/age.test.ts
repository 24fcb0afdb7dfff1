import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { expect } from 'chai';
import fc from 'fast-check';
import { bech32Decode, bech32Encode } from '#/jobs/recovery-points/age/bech32.ts';
import {
  newIdentity,
  parseIdentities,
  parseRecipient,
  recipientOf,
} from '#/jobs/recovery-points/age/keys.ts';
import { lastChunkBorder, openAge } from '#/jobs/recovery-points/age/open.ts';
import { AgeSealer, seal, sealedBound } from '#/jobs/recovery-points/age/seal.ts';
import { EngineError } from '#/jobs/recovery-points/contract.ts';

const SIZES = [0, 1, 65_535, 65_536, 65_537, 131_072, 300_001];

describe('age', () => {
  const [alice, bob, charlie] = [newIdentity(), newIdentity(), newIdentity()];
  const toBoth = [alice, bob].map(({ recipient }) => parseRecipient(recipient));
  const keyOf = ({ identity }: { identity: string }) => parseIdentities(identity);
  let folder: string;
  let bobsFile: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'reprise-age-'));
    bobsFile = path.join(folder, 'bob.txt');
    writeFileSync(bobsFile, `${bob.identity}\n`);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('seals what the age program opens, and opens what it seals, at every size around a chunk', () => {
    for (const size of SIZES) {
      const plain = randomBytes(size);
      const opened = execFileSync('age', ['-d', '-i', bobsFile], { input: seal(plain, toBoth) });
      expect(opened.equals(plain), `${size}`).to.equal(true);
      const sealed = execFileSync('age', ['-r', alice.recipient, '-r', bob.recipient], { input: plain });
      for (const holder of [alice, bob])
        expect(openAge(sealed, keyOf(holder)).equals(plain), `${size}`).to.equal(true);
    }
  });

  it('is understood by another implementation, both ways', async () => {
    const plain = randomBytes(200_000);
    const decrypter = new Decrypter();
    decrypter.addIdentity(bob.identity);
    expect(Buffer.from(await decrypter.decrypt(seal(plain, toBoth))).equals(plain)).to.equal(true);
    const encrypter = new Encrypter();
    encrypter.addRecipient(alice.recipient);
    expect(openAge(Buffer.from(await encrypter.encrypt(plain)), keyOf(alice)).equals(plain)).to.equal(true);
    expect(await identityToRecipient(alice.identity)).to.equal(alice.recipient);
    expect(recipientOf(keyOf(alice)[0]!)).to.equal(alice.recipient);
  });

  it('seals the same whatever the pieces it is given', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 90_000 }), { maxLength: 6 }), (pieces) => {
        const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
        const sealer = new AgeSealer(toBoth, Buffer.alloc(sealedBound(bytes, toBoth.length)));
        for (const piece of pieces) sealer.update(piece);
        expect(openAge(sealer.finish(), keyOf(bob)).equals(Buffer.concat(pieces))).to.equal(true);
      }),
      { numRuns: 30 },
    );
  });

  it('tells a key that does not fit from bytes that are damaged', () => {
    const sealed = seal(randomBytes(200_000), toBoth);
    expect(kindOf(() => openAge(sealed, keyOf(charlie)))).to.equal('inconclusive');
    for (const at of [sealed.length - 1, sealed.length - 100_000, lastChunkBorder(sealed) + 5]) {
      const damaged = Buffer.from(sealed);
      damaged[at] = damaged[at]! ^ 1;
      expect(
        kindOf(() => openAge(damaged, keyOf(bob))),
        `${at}`,
      ).to.equal('data');
    }
  });

  it('opens nothing that was changed by one bit, wherever it is', () => {
    const sealed = seal(randomBytes(100), [parseRecipient(alice.recipient)]);
    for (let at = 0; at < sealed.length * 8; at++) {
      const changed = Buffer.from(sealed);
      changed[at >> 3]! ^= 1 << (at & 7);
      expect(() => openAge(changed, keyOf(alice)), `bit ${at}`).to.throw(EngineError);
    }
  });

  it('notices every cut, also on a chunk border and inside the header', () => {
    const sealed = seal(randomBytes(200_000), toBoth);
    const border = lastChunkBorder(sealed);
    for (const at of [0, 10, 100, 300, border - 1, border, border + 1, border - 65_552, sealed.length - 1])
      expect(
        kindOf(() => openAge(sealed.subarray(0, at), keyOf(bob))),
        `${at}`,
      ).to.equal('data');
    expect(kindOf(() => openAge(Buffer.concat([sealed, Buffer.from('x')]), keyOf(bob)))).to.equal('data');
  });

  it('refuses recipients with which everybody shares the same secret', () => {
    // The points of order 1, 2, 4 and 8 on the curve (Bernstein, "Curve25519: new Diffie-Hellman speed records").
    for (const point of [
      '0000000000000000000000000000000000000000000000000000000000000000',
      '0100000000000000000000000000000000000000000000000000000000000000',
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    ])
      expect(() => parseRecipient(bech32Encode('age', Buffer.from(point, 'hex'))), point).to.throw(
        EngineError,
        'is not an age recipient',
      );
  });

  it('reads identity files with comments, and never repeats a secret given in the wrong place', () => {
    expect(parseIdentities(`# mine\n\n${alice.identity}\r\n${bob.identity}\n`)).to.have.length(2);
    for (const wrong of [bob.identity, bob.recipient.slice(0, -1), 'age1', 'ssh-ed25519 AAAA', '']) {
      const message = messageOf(() => parseRecipient(wrong));
      expect(message).to.contain('recipient').and.not.contain('AGE-SECRET');
    }
    expect(messageOf(() => parseIdentities(bob.identity.slice(0, -1)))).to.not.contain(
      bob.identity.slice(20, 40),
    );
  });

  it('writes Bech32 that it reads, and refuses one changed letter', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (data, where) => {
        const text = bech32Encode('age', data);
        expect([...bech32Decode(text)!.data]).to.deep.equal([...data]);
        const at = 4 + (where % (text.length - 4));
        const changed = text.slice(0, at) + (text[at] === 'q' ? 'p' : 'q') + text.slice(at + 1);
        expect(bech32Decode(changed)).to.equal(null);
      }),
      { numRuns: 100 },
    );
  });
});

function kindOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof EngineError) return error.kind;
    throw error;
  }
  return 'nothing';
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}
