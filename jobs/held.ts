/** Work that goes on only as long as its attempt is held: another worker may have taken it over, or somebody called it off. */
import { setTimeout as sleep } from 'node:timers/promises';

const BEAT_MS = 3000;
const TRIES = 20;

/** Answered in the place of a result by work that was let go of. */
export const LET_GO = Symbol('let go');

/** Beats while the work goes on, and aborts it once a beat is answered with false. A beat that fails says nothing. */
export async function whileHeld<T>(
  beat: () => Promise<boolean>,
  signal: AbortSignal,
  work: (held: AbortSignal) => Promise<T>,
): Promise<T | typeof LET_GO> {
  const lost = new AbortController();
  const timer = setInterval(() => {
    beat().then(
      (isHeld) => isHeld || lost.abort(),
      () => undefined,
    );
  }, BEAT_MS);
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } catch (error) {
    if (lost.signal.aborted && !signal.aborted) return LET_GO;
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** The same question where only an answer will do: a database that restarts is waited for. */
export async function certainly(beat: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await beat();
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(BEAT_MS);
    }
  }
}
