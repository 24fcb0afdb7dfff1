import { expect } from 'chai';
import { listFindings, syncFindings } from '#/plans/rule-findings.ts';
import { found, type RuleFinding, ruled } from '#/plans/rules/rule.ts';
import type { Work } from '#/plans/work.ts';
import { startTestService, type TestService } from '../support/service.ts';

const HOUR_MS = 3_600_000;
const slow = (seconds: number, asset = 'SQL'): RuleFinding =>
  found(
    'shared-assets',
    { kind: 'asset', id: asset, name: asset },
    'contradiction',
    ruled('rules.asset-over-rto', { asset, seconds, rtoSeconds: 60 }),
  );
const alone = found(
  'crisis-roles',
  { kind: 'role', id: 'director', name: 'Director' },
  'warning',
  ruled('rules.role-without-deputy', { role: 'Director' }),
);

describe('what the rules find', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const start = new Date();
  /** Work so many hours after the first. */
  const at = <Thing>(hours: number, run: (work: Work) => Promise<Thing>, provider = test.acme.id) =>
    test.service.inProvider(provider, (work) =>
      run({ ...work, now: new Date(start.getTime() + hours * HOUR_MS) }),
    );
  const sync = (hours: number, ...findings: RuleFinding[]) =>
    at(hours, (work) => syncFindings(work, test.acme.client, findings));
  const list = (withEnded = false) => at(9, (work) => listFindings(work, test.acme.client, { withEnded }));
  const hour = (hours: number) => new Date(start.getTime() + hours * HOUR_MS).toISOString();

  it('stands since it was first found, with the figures of now, contradictions first', async () => {
    await sync(0, alone, slow(100));
    await sync(1, slow(200), alone);

    expect((await list()).map(({ id: _, ...told }) => told)).to.deep.equal([
      { ...slow(200), since: hour(0), endedAt: null },
      { ...alone, since: hour(0), endedAt: null },
    ]);
  });

  it('ends when it is found no more, and begins anew when it comes back', async () => {
    await sync(2, alone);
    expect((await list()).map(({ rule }) => rule)).to.deep.equal(['crisis-roles']);

    await sync(3, alone, slow(300));
    expect((await list(true)).map(({ rule, since, endedAt }) => [rule, since, endedAt])).to.deep.equal([
      ['shared-assets', hour(0), hour(2)],
      ['shared-assets', hour(3), null],
      ['crisis-roles', hour(0), null],
    ]);
  });

  it('is written once when two find the same at once', async () => {
    await Promise.all([sync(4, alone, slow(1, 'files')), sync(4, alone, slow(1, 'files'))]);

    expect((await list()).map(({ object }) => object.id)).to.deep.equal(['files', 'director']);
  });

  it('may be thousands', async () => {
    await sync(5, ...Array.from({ length: 2500 }, (_, index) => slow(1, `asset ${index}`)));

    expect(await list()).to.have.length(2000);
    const read: string[] = [];
    for (;;) {
      const page = await at(9, (work) =>
        listFindings(work, test.acme.client, { after: read.at(-1) ?? null, most: 900 }),
      );
      read.push(...page.map(({ id }) => id));
      if (page.length < 900) break;
    }
    expect(new Set(read).size).to.equal(2500);
    expect(read.length).to.equal(2500);
    await sync(6);
    expect(await list()).to.deep.equal([]);
  });

  it('tells what changed since a moment: what began, what ended, and what did both', async () => {
    await sync(7, alone);
    await sync(8, alone, slow(1, 'files'));
    await sync(9, slow(1, 'mail'));
    await sync(10, slow(1, 'mail'), slow(1, 'lasting'));
    await sync(11, slow(1, 'mail'), slow(1, 'lasting'));
    const since = (hours: number) =>
      at(12, (work) =>
        listFindings(work, test.acme.client, { withEnded: true, changedSince: new Date(hour(hours)) }),
      );
    const told = async (hours: number) =>
      (await since(hours)).map(({ object, endedAt }) => [object.id, endedAt !== null]);
    expect(await told(7)).to.deep.equal([
      ['files', true],
      ['mail', false],
      ['lasting', false],
      ['director', true],
    ]);
    expect(await told(9)).to.deep.equal([['lasting', false]]);
    expect(await told(10)).to.deep.equal([]);
    const ofRule = await at(12, (work) =>
      listFindings(work, test.acme.client, { rule: 'crisis-roles', withEnded: true, severity: 'warning' }),
    );
    expect(new Set(ofRule.map(({ rule }) => rule))).to.deep.equal(new Set(['crisis-roles']));
    await sync(12);
  });

  it('is seen by nobody of another provider, nor of another client', async () => {
    await sync(13, alone);

    await at(14, (work) => listFindings(work, test.acme.client), test.other.id).then(
      () => expect.fail('it was shown'),
      (error) => expect(error.key).to.equal('not-found.client'),
    );
    expect(await at(14, (work) => listFindings(work, test.acme.otherClient))).to.deep.equal([]);
  });
});
