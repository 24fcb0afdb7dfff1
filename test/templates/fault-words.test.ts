import { globSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadTemplates } from '#/server/templates.ts';

/** Kinds as the verifiers write them: every quoted name that a planted fault may have. */
function kindsInSource(): string[] {
  const files = globSync(
    'jobs/{recovery-points/verify/plant-*.ts,recovery-points/verify/levels-*.ts,recovery-points/foreign/trial.ts,verifiers/database-checks.ts}',
  );
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  const names = text.matchAll(
    /'((?:head|pack|manifest|file|row|table|count|assertion|dump|paper|tool|key)-[a-z-]+)'/g,
  );
  return [...new Set([...names].map(([, name = '']) => name))]
    .filter((name) => !CHECKS.includes(name))
    .sort();
}

/** Names of checks, which look alike. */
const CHECKS = ['head-signature', 'pack-hash', 'manifest-hash'];

describe('planted faults', () => {
  it('each have words in every language', () => {
    const { say } = loadTemplates();
    const kinds = kindsInSource();
    expect(kinds.length).to.be.greaterThan(18);
    for (const kind of kinds)
      for (const locale of ['fr', 'nl'] as const)
        expect(say(locale, `fault.${kind}`)).to.not.equal(say('en', `fault.${kind}`));
  });
});
