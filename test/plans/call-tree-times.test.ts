import { expect } from 'chai';
import { CALL_SECONDS, callTreeTimes, type TimedCall } from '#/plans/call-tree-times.ts';

const MINUTE = 60;
const call = (key: string, given: Partial<TimedCall> = {}): TimedCall => ({
  key,
  calledBy: null,
  timeoutSeconds: 10 * MINUTE,
  fallback: null,
  people: 1,
  ...given,
});
const reachedBy = (calls: TimedCall[], key: string) => callTreeTimes(calls).reached.get(key);

describe('the time until everybody is reached', () => {
  it('is none when there is nobody', () => {
    expect(callTreeTimes([])).to.deep.include({ bestSeconds: 0, worstSeconds: 0 });
  });

  it('adds up along one who calls several, one after the other', () => {
    const calls = [call('a'), call('b', { calledBy: 'a' }), call('c', { calledBy: 'a' })];
    expect(reachedBy(calls, 'c')).to.deep.equal({
      bestSeconds: 3 * CALL_SECONDS,
      worstSeconds: 3 * (10 * MINUTE + CALL_SECONDS),
    });
  });

  it('does not add up over two who call at once', () => {
    const tree = [call('a'), call('b'), call('c', { calledBy: 'a' }), call('d', { calledBy: 'b' })];
    expect(callTreeTimes(tree).bestSeconds).to.equal(3 * CALL_SECONDS);
    expect(reachedBy(tree, 'c')!.bestSeconds).to.equal(2 * CALL_SECONDS);
  });

  it('tries a holder, each deputy, and then whoever is called instead', () => {
    const calls = [
      call('a', { people: 3, fallback: 'b' }),
      call('b', { timeoutSeconds: 5 * MINUTE, people: 0 }),
    ];
    expect(callTreeTimes(calls)).to.deep.include({
      bestSeconds: CALL_SECONDS,
      worstSeconds: 35 * MINUTE + CALL_SECONDS,
    });
  });

  it('reaches those whom a stand-in calls, too', () => {
    const calls = [call('a', { fallback: 'b' }), call('b'), call('c', { calledBy: 'b' })];
    expect(reachedBy(calls, 'b')).to.deep.equal(reachedBy(calls, 'a'));
    expect(reachedBy(calls, 'c')!.bestSeconds).to.equal(2 * CALL_SECONDS);
  });

  it('counts whoever is called anyway and stands in for somebody else only where they are called', () => {
    const calls = [call('a', { fallback: 'b' }), call('b', { calledBy: 'a' })];
    expect(callTreeTimes(calls).bestSeconds).to.equal(2 * CALL_SECONDS);
  });

  it('takes a chain of three hundred', () => {
    const chain = Array.from({ length: 300 }, (_, place) =>
      call(`n${place}`, { calledBy: place === 0 ? null : `n${place - 1}` }),
    );
    expect(callTreeTimes(chain).bestSeconds).to.equal(300 * CALL_SECONDS);
  });
});
