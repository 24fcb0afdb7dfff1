/** From a long session that fails to a short one. */
import { Mismatch, runSession, type Tally } from './session.ts';

const PATIENCE_MS = 60_000;

/** Runs the first steps of a seed. On failure throws the seed, and the fewest steps found that still fail. */
export async function trySession(seed: number, count: number): Promise<Tally> {
  const steps = Array.from({ length: count }, (_, index) => index);
  const outcome = await attempt(seed, steps);
  if (!(outcome instanceof Mismatch)) return outcome;
  const failure = outcome;
  const fewest = await shrink(seed, steps.slice(0, failure.step + 1));
  const again = await attempt(seed, fewest);
  const last = again instanceof Mismatch ? again : failure;
  throw new Error(
    `Seed ${seed} fails at ${failure.message}\nAgain with: runSession(${seed}, ${JSON.stringify(fewest)})\n${last.message}`,
    { cause: last.cause },
  );
}

/** Leaves out ever smaller pieces as long as what is left fails. */
async function shrink(seed: number, steps: number[]): Promise<number[]> {
  const ends = performance.now() + PATIENCE_MS;
  let fewest = steps;
  for (let piece = steps.length >> 1; piece >= 1; piece >>= 1)
    for (let at = 0; at < fewest.length; ) {
      if (performance.now() > ends) return fewest;
      const fewer = [...fewest.slice(0, at), ...fewest.slice(at + piece)];
      if ((await attempt(seed, fewer)) instanceof Mismatch) fewest = fewer;
      else at += piece;
    }
  return fewest;
}

async function attempt(seed: number, steps: number[]): Promise<Tally | Mismatch> {
  try {
    return await runSession(seed, steps);
  } catch (error) {
    // A failure that leaves work under way may also keep the session's folder from being removed.
    const first: unknown = error instanceof SuppressedError ? error.suppressed : error;
    if (first instanceof Mismatch) return first;
    throw error;
  }
}
