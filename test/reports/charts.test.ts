/** Figures are text that says what it shows, and cannot be broken by what it is given. */
import { expect } from 'chai';
import { barAgainstObjective } from '#/server/charts/bar-against-objective.ts';
import { ladderDots } from '#/server/charts/ladder.ts';
import { shareBar } from '#/server/charts/share-bar.ts';
import { SIGN_NAMES, signOf } from '#/server/charts/signs.ts';
import { COLOUR } from '#/server/charts/svg.ts';

const words = { title: 'a <b> & "c"', desc: 'd' };
const bar = (given: object) =>
  barAgainstObjective({ verdict: 'within', seconds: 60, objectiveSeconds: 120, ...words, ...given });

describe('figures', () => {
  it('carry a title and a description, escaped', () => {
    expect(bar({})).to.contain('<title>a &lt;b&gt; &amp; &quot;c&quot;</title><desc>d</desc>');
  });

  it('never fill what was not measured, and never lose their numbers', () => {
    const unmeasured = bar({ verdict: 'unmeasured', seconds: 60 });

    expect(unmeasured).to.contain('stroke-dasharray').and.not.contain(COLOUR.proven);
    for (const seconds of [0, 1e12])
      for (const objectiveSeconds of [null, 0, 1])
        expect(bar({ seconds, objectiveSeconds })).not.to.match(/NaN|Infinity|"-\d/);
  });

  it('draw claims in another colour than proofs', () => {
    expect(shareBar({ share: 0.5, of: 'proven', ...words }))
      .to.contain(COLOUR.proven)
      .and.not.contain(COLOUR.declared);
    expect(shareBar({ share: 0.5, of: 'declared', ...words }))
      .to.contain(COLOUR.declared)
      .and.not.contain(COLOUR.proven);
    expect(shareBar({ share: 0, of: 'proven', ...words })).not.to.contain(COLOUR.proven);
  });

  it('fill as many steps as were reached', () => {
    const full = (level: number) => ladderDots({ level, ...words }).split(`fill="${COLOUR.ink}"`).length - 1;

    expect([0, 1, 7].map(full)).to.deep.equal([0, 1, 7]);
  });

  it('give the states of clauses, and of tests, signs that differ', () => {
    const states = SIGN_NAMES.slice(0, SIGN_NAMES.indexOf('waived')).map((name) => signOf(name));

    expect(new Set(states).size).to.equal(states.length);
  });
});
