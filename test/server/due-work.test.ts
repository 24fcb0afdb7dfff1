import { expect } from 'chai';
import type { Tools } from '#/jobs/job.ts';
import { queueDue } from '#/server/due-work.ts';
import { startTestService, type TestService } from '../support/service.ts';

type InProvider = Tools['inProvider'];

describe('what the clock looks for', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
    // What a first round alone has to do is done.
    await round(() => false);
  });
  after(() => test[Symbol.asyncDispose]());

  /** Runs a round in which `breaks` says whether a call fails; answers how many ended well and what was thrown. */
  async function round(breaks: (provider: string, call: number) => boolean, others: string[] = []) {
    const { database, inProvider } = test.service;
    const calls = new Map<string, number>();
    const logged: unknown[] = [];
    let done = 0;
    const breaking: InProvider = async (provider, run) => {
      const call = (calls.get(provider) ?? 0) + 1;
      calls.set(provider, call);
      if (breaks(provider, call)) throw new Error(`step ${call} of ${provider}`);
      const result = await inProvider(provider, run);
      done++;
      return result;
    };
    const thrown: unknown = await queueDue({
      database: {
        atDoor: (...args) => database.atDoor(...args),
        providerIds: async () => [...others, ...(await database.providerIds())],
      },
      inProvider: breaking,
      metrics: { dueBackups: { inc: () => undefined } as never },
      log: { error: (line: unknown) => void logged.push(line) } as never,
      now: new Date(),
    }).then(
      () => null,
      (error) => error,
    );
    return { done, logged, thrown };
  }

  it('is looked for to the end when a step fails, which is told and makes the round none', async () => {
    const providers = (await test.service.database.providerIds()).length;
    const whole = await round(() => false);
    expect(whole).to.deep.include({ thrown: null, logged: [] });

    const { done, logged, thrown } = await round((_, call) => call === 6);
    expect(done).to.equal(whole.done - providers);
    expect(logged).to.have.length(providers);
    expect(thrown).to.be.instanceOf(AggregateError);
  });

  it('is looked for at every provider, whatever happens at another', async () => {
    const whole = await round(() => false);
    const { done, thrown } = await round((provider) => provider === 'broken', ['broken']);
    expect(done).to.equal(whole.done);
    expect(thrown).to.be.instanceOf(AggregateError);
  });
});
