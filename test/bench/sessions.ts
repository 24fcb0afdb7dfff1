/** Long random sessions of the recovery-point engine: `node test/bench/sessions.ts --steps 20000 [--seed N]`. */
import { parseArgs } from 'node:util';
import { trySession } from '../recovery-points/sessions/shrink.ts';

const STEPS_A_SESSION = 260;

const { values } = parseArgs({
  options: { steps: { type: 'string', default: '20000' }, seed: { type: 'string' } },
});
const first = Number(values.seed ?? Date.now() % 1_000_000_000);
const began = performance.now();
const total: Record<string, number> = {};
let done = 0;
for (let seed = first; done < Number(values.steps); seed++) {
  const count = Math.min(STEPS_A_SESSION, Number(values.steps) - done);
  for (const [work, times] of Object.entries(await trySession(seed, count)))
    total[work] = (total[work] ?? 0) + times;
  done += count;
  console.log(`seed ${seed}: ${done} steps in ${Math.round((performance.now() - began) / 1000)} s`);
}
console.log(`all as the model expects: ${JSON.stringify(total)}`);
