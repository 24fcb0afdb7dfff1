import { expect } from 'chai';
import { appliesOn, CATALOGUE, CATALOGUE_VERSION, UNHELD } from '#/plans/coverage/catalogue.ts';
import { computeCoverage } from '#/plans/coverage/compute-coverage.ts';
import { EVIDENCE_CODES } from '#/plans/coverage/evidence-codes.ts';
import { REASON_KEYS } from '#/plans/coverage/reasons.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { aReadyClient } from '../readiness/client.ts';

describe('the catalogue', () => {
  const rows = [...CATALOGUE.values()].flatMap((framework) => framework.rows);

  it('has a version and all rows of its frameworks', () => {
    expect(CATALOGUE_VERSION).to.match(/^2026\.11\.\d+$/);
    expect(CATALOGUE.get('ISO22301')?.rows).to.have.length(30);
    expect(CATALOGUE.get('2024/2690')?.rows).to.have.length(37);
    expect([CATALOGUE.size, rows.length]).to.deep.equal([23, 278]);
  });

  it('names each clause once', () => {
    for (const { rows: own } of CATALOGUE.values())
      expect(new Set(own.map(({ ref }) => ref)).size).to.equal(own.length);
  });

  it('has words of its own in each language', () => {
    for (const { ref, paraphrase } of rows) {
      expect(new Set(Object.values(paraphrase)).size, ref).to.equal(3);
      expect(paraphrase.fr, ref).not.to.match(/ [:;]/, 'a break before the sign');
    }
  });

  it('is printed with curled apostrophes in French, in whatever it is shown by', () => {
    const french: string[] = [];
    const collect = (value: unknown, language: string | null = null): void => {
      if (typeof value === 'string' && language === 'fr') french.push(value);
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) collect(inner, key === 'fr' ? 'fr' : language);
    };
    for (const framework of CATALOGUE.values()) collect(framework);
    expect(french.length).to.be.greaterThan(rows.length);
    expect(french.filter((text) => text.includes('’')).length).to.be.greaterThan(50);
    expect(french.filter((text) => text.includes("'"))).to.deep.equal([]);
  });

  it('asks only for known evidence', () => {
    for (const { ref, evidence } of rows)
      for (const code of evidence) expect(EVIDENCE_CODES, ref).to.include(code);
  });

  it('has a reason for everything the service does not record', () => {
    for (const what of UNHELD) expect(REASON_KEYS).to.include(`coverage.lacks-${what}`);
  });

  it('asks on a level what lower ones ask as well', () => {
    const cyfun = CATALOGUE.get('CyFun2025')!;
    const count = (level: string | null) => cyfun.rows.filter((row) => appliesOn(cyfun, row, level)).length;
    const counts = ['Basic', 'Important', 'Essential'].map(count);
    expect(counts).to.deep.equal([...counts].sort((left, right) => left - right));
    expect(count('Essential')).to.equal(cyfun.rows.length);
    expect(count(null)).to.equal(cyfun.rows.length);
  });

  it('asks on a light regime what is its own, and nothing of the full one', () => {
    const rts = CATALOGUE.get('RTS2024/1774')!;
    const of = (level: string) => rts.rows.filter((row) => appliesOn(rts, row, level)).map(({ ref }) => ref);
    expect(of('light')).to.include('40(1)').and.not.include('26(2)');
    expect(of('full')).to.include('26(2)').and.not.include('40(1)');
  });

  it('speaks the language that was asked for', () => {
    const facts = aReadyClient();
    const asked = { frameworks: ['2024/2690'], locale: 'fr' as const };
    const [framework] = computeCoverage(facts, computeReadiness(facts), asked).frameworks;

    expect(framework?.name).to.equal('Règlement d’exécution (UE) 2024/2690');
    expect(framework?.clauses.find(({ ref }) => ref === '4.1.2.e')?.paraphrase).to.equal(
      'Plan\u00a0: ordre de rétablissement',
    );
  });

  it('refuses a framework it does not have', () => {
    const facts = aReadyClient();
    const ask = () =>
      computeCoverage(facts, computeReadiness(facts), { frameworks: ['ISO9001'], locale: 'en' });

    expect(ask).to.throw('ISO9001');
  });
});
