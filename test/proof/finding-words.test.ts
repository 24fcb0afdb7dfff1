/** Every finding is a sentence in every language that tells the same params, and nothing is said that cannot be found. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ENGINE_FINDINGS } from '#/jobs/recovery-points/finding-codes.ts';
import { DOMAIN_FINDINGS } from '#/plans/findings.ts';
import { LOCALES } from '#/plans/reports/head.ts';
import { sayFinding } from '#/server/reason-words.ts';
import { loadTemplates } from '#/server/templates.ts';

const FINDINGS: Record<string, readonly string[]> = { ...ENGINE_FINDINGS, ...DOMAIN_FINDINGS };
const LANGUAGES = LOCALES;

/** Findings that ask nothing of anybody. */
const WITHOUT_REMEDY = ['level.fault-not-noticed', 'database.dump-refused', 'unexpected'];

const wordsOf = (locale: string): Record<string, string> =>
  JSON.parse(readFileSync(`templates/words/${locale}/reasons.json`, 'utf8'));

describe('the words of findings', () => {
  for (const locale of LANGUAGES) {
    it(`are there in ${locale} for every code, and tell every param`, () => {
      const words = wordsOf(locale);
      for (const [code, params] of Object.entries(FINDINGS)) {
        const said = `${words[`finding.${code}`] ?? ''} ${words[`remedy.${code}`] ?? ''}`;
        const told = [...said.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        expect([...new Set(told)], code).to.have.members([...params]);
        expect(words[`finding.${code}`], code).to.match(/\.$/);
        if (!WITHOUT_REMEDY.includes(code)) expect(words[`remedy.${code}`], code).to.match(/\.$/);
      }
    });

    it(`are there in ${locale} for no other code`, () => {
      const said = (group: string) =>
        Object.keys(wordsOf(locale)).flatMap((key) =>
          key.startsWith(group) ? [key.slice(group.length)] : [],
        );
      const codes = Object.keys(FINDINGS);
      expect(said('finding.')).to.have.members(codes);
      expect(said('remedy.')).to.have.members(codes.filter((code) => !WITHOUT_REMEDY.includes(code)));
    });

    it(`name in ${locale} every property that a restored file may have changed`, () => {
      const source = readFileSync('jobs/recovery-points/verify/compare-entries.ts', 'utf8');
      const properties = [...source.matchAll(/'tree-([a-z-]+)'/g)].map(([, name]) => name ?? '');
      const whole = ['', 'extra', 'missing', 'content', 'unreadable'];
      const words = wordsOf(locale);
      expect(properties.length).to.be.greaterThan(10);
      for (const one of properties.filter((name) => !whole.includes(name)))
        expect(words[`property.${one}`], one).to.be.a('string');
    });
  }

  it('have other sentences in each language', () => {
    const words = LANGUAGES.map(wordsOf);
    for (const code of Object.keys(FINDINGS))
      expect(new Set(words.map((one) => one[`finding.${code}`])), code).to.have.property(
        'size',
        LANGUAGES.length,
      );
  });
});

describe('a finding', () => {
  const templates = loadTemplates();
  const inFrench = (finding: { code: string; params: Record<string, string>; message: string }) =>
    sayFinding(finding, {
      say: (key, params) => templates.say('fr', key, params),
      has: (key) => templates.has('fr', key),
    }).replaceAll(/[\u00a0\u202f]/g, ' ');

  it('names a system error in words, and one that has none by its name', () => {
    const unreadable = (cause: string) =>
      inFrench({ code: 'source.unreadable', params: { address: '/srv', cause }, message: 'No.' });
    expect(unreadable('EIO')).to.include('(erreur de lecture du disque)');
    expect(unreadable('EWHATEVER')).to.include('(EWHATEVER)');
  });

  it('of a fault that we planted ourselves asks nothing of the reader', () => {
    const found = { code: 'pack.missing', params: { object: 'a/packs/1' } };
    const words = {
      say: (key: string, params?: Record<string, string | number>) => templates.say('fr', key, params),
      has: (key: string) => templates.has('fr', key),
    };
    const whole = sayFinding(found, words);
    const brief = sayFinding(found, words, { remedy: false });
    expect(brief).to.include('a/packs/1');
    expect(whole.startsWith(`${brief} `)).to.equal(true);
  });

  it('that nobody foresaw keeps its own words, in a French frame', () => {
    const told = inFrench({ code: 'of.another-release', params: {}, message: 'The moon is gone.' });
    expect(told).to.include('imprévu').and.to.include('Message d’origine : « The moon is gone. »');
  });
});
