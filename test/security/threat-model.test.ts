import { readFileSync } from 'node:fs';
import { expect } from 'chai';

/** A protection, and the test that shows it by its file and title. */
const SHOWN = /\| `(test\/[^`]+\.test\.ts)`: ([^|]+?) \|$/gm;

describe('SECURITY.md', () => {
  const text = readFileSync('SECURITY.md', 'utf8');
  const shown = [...text.matchAll(SHOWN)].map(([, file = '', title = '']) => ({ file, title }));

  it('names for each protection a test that is there, or says that there is none', () => {
    const missing = shown.filter(({ file, title }) => !readFileSync(file, 'utf8').includes(`'${title}'`));
    expect(missing).to.deep.equal([]);
    const rows = text.split('\n').filter((line) => /^\| .* \|$/.test(line));
    const heads = rows.filter((line) => /Shown by \|$|^\| --- \|/.test(line)).length;
    const without = rows.filter((line) => /no test/.test(line)).length;
    const ofWhat = text
      .slice(text.indexOf('| What | Where'), text.indexOf('Two walls'))
      .trim()
      .split('\n').length;
    expect(rows.length - heads - (ofWhat - 1)).to.equal(shown.length + without);
    expect(shown.length).to.be.greaterThan(30);
  });
});
