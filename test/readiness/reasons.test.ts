import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { COVERAGE_REASONS } from '#/plans/coverage/reasons.ts';
import { READINESS_REASONS } from '#/plans/readiness/reasons.ts';
import { RULE_REASONS } from '#/plans/rules/reasons.ts';

/** Keys and params of the table of reasons in a README, and its sentences. */
function listed(file: string) {
  const rows = readFileSync(file, 'utf8').matchAll(/^\| `([a-z]+\.[a-z-]+)` +\| ([\w, ]*)\| (.+?) *\|$/gm);
  return [...rows].map(([, key = '', params = '', words = '']) => ({
    key,
    params: params.split(',').flatMap((param) => param.trim() || []),
    words,
  }));
}

for (const [folder, reasons] of Object.entries({
  readiness: READINESS_REASONS,
  coverage: COVERAGE_REASONS,
  rules: RULE_REASONS,
})) {
  describe(`the reasons of ${folder}`, () => {
    const rows = listed(`plans/${folder}/README.md`);

    it('are all in the README, with their params', () => {
      expect(Object.fromEntries(rows.map(({ key, params }) => [key, params]))).to.deep.equal(reasons);
    });

    it('use no param in their sentence that they do not have', () => {
      for (const { params, words } of rows)
        for (const [, used] of words.matchAll(/\{(\w+)\}/g)) expect(params, words).to.include(used);
    });
  });
}
