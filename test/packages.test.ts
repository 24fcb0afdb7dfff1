import { readFileSync } from 'node:fs';
import { expect } from 'chai';

interface Locked {
  version: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
}

/** What may be given on with the product under its own licence, without a condition on its source. */
const LICENCES = [
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['CC0-1.0', 'Unlicense', 'OFL-1.1', 'Python-2.0', 'Zlib'],
];

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Locked>;
};
const locked = Object.entries(packages).filter(([path]) => path !== '');

/** `A OR B` needs one of them, `A AND B` both. */
const mayBeGivenOn = (licence: string): boolean =>
  licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => LICENCES.includes(one)));

describe('packages', () => {
  it('of the product may be given on with it', () => {
    const others = locked
      .filter(([, { dev }]) => !dev)
      .filter(([, { license = 'none told' }]) => !mayBeGivenOn(license))
      .map(([path, { license }]) => `${path}: ${license}`);
    expect(others).to.deep.equal([]);
  });

  it('are those that were looked at: each has its hash, and comes from the registry', () => {
    const loose = locked
      // The formatter's programs for other systems than those it was locked on.
      .filter(([, { dev, optional }]) => !(dev && optional))
      .filter(([, { integrity, resolved }]) => {
        const isOfTheRegistry = resolved === undefined || resolved.startsWith('https://registry.npmjs.org/');
        return !integrity?.startsWith('sha512-') || !isOfTheRegistry;
      })
      .map(([path]) => path);
    expect(loose).to.deep.equal([]);
  });

  it('run no script of theirs when they are installed', () => {
    expect(readFileSync('.npmrc', 'utf8').split('\n')).to.include('ignore-scripts=true');
  });
});

describe('a licence', () => {
  it('is told from one that puts a condition on ours', () => {
    for (const fine of ['MIT', '(MIT OR GPL-3.0-or-later)', '(MIT AND Zlib)'])
      expect(mayBeGivenOn(fine), fine).to.equal(true);
    for (const not of ['AGPL-3.0', '(MIT AND GPL-3.0)', 'none told', 'UNLICENSED'])
      expect(mayBeGivenOn(not), not).to.equal(false);
  });
});
