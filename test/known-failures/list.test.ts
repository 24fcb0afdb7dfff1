import { globSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

const ROW = /^\| (?<failure>[^|]+) \| (?<source>[^|]+) \| `(?<file>[^`]+)` \| (?<title>[^|]+) \|$/gm;
/** The defects of one competitor and the complaints about all of them, as they were counted. */
const LEAST = 50;

interface Row {
  failure: string;
  source: string;
  file: string;
  title: string;
}

describe('the list of known failures', () => {
  const text = readFileSync('test/known-failures/README.md', 'utf8');
  const rows = [...text.matchAll(ROW)].map(({ groups }) => groups as unknown as Row);

  it('is read whole', () => {
    const lines = text
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (What went wrong|---) \|/.test(line));
    expect(rows).to.have.length(lines.length).and.length.at.least(LEAST);
  });

  it('names only tests that are there, each under its own title', () => {
    const missing = rows.filter(({ file, title }) => !titlesIn(file).includes(title));
    expect(missing.map(({ file, title }) => `${file}: ${title}`)).to.deep.equal([]);
  });

  it('names every test of this folder', () => {
    const own = globSync('test/known-failures/*.test.ts').filter((file) => !file.endsWith('list.test.ts'));
    const named = new Set(rows.map(({ file, title }) => `${file}: ${title}`));
    const unnamed = own.flatMap((file) => titlesIn(file).map((title) => `${file}: ${title}`));
    expect(unnamed.filter((one) => !named.has(one))).to.deep.equal([]);
  });
});

/** As they stand in the source, names of variables and all. */
function titlesIn(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/\bit\(\s*(['`"])(.+?)\1,/gs)].map(([, , title]) => title!);
}
