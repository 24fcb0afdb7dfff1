import { expect } from 'chai';
import fc from 'fast-check';
import { StepWaits, waitsText } from '#/plans/step-waits.ts';

const read = (typed: unknown) => StepWaits.safeParse(typed).data;

describe('what a step waits for', () => {
  it('is typed as keys, with a delay where one is needed', () => {
    expect(read('contenir, decider + 30 min; repli+1 h 30')).to.deep.equal([
      { key: 'contenir', lagSeconds: 0 },
      { key: 'decider', lagSeconds: 1800 },
      { key: 'repli', lagSeconds: 5400 },
    ]);
    expect(read(' , ')).to.deep.equal([]);
    expect(read(null)).to.deep.equal([]);
  });

  it('is refused when nobody can read it', () => {
    for (const typed of ['contenir dans une heure', 'contenir + bientôt', 'Contenir', '+ 30 min'])
      expect(StepWaits.safeParse(typed).error?.issues[0]?.message, typed).to.equal(
        'runbook.waits-unreadable',
      );
  });

  it('is read back as it was written, in days of both languages', () => {
    const key = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
    const waits = fc.array(fc.record({ key, lagSeconds: fc.integer({ min: 0, max: 31_536_000 }) }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(waits, fc.constantFrom('d' as const, 'j' as const), (told, day) => {
        expect(read(waitsText(told, day))).to.deep.equal(told);
      }),
    );
  });
});
