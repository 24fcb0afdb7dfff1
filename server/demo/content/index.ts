/** The clients of the demo; the first one is told in full. */
import type { DemoClient } from './demo-client.ts';
import { french } from './french.ts';
import { MAUBREY } from './maubrey/client.ts';
import { OSTREA } from './ostrea/client.ts';
import { VERNAZET } from './vernazet/client.ts';

export const CLIENTS: DemoClient[] = [VERNAZET, OSTREA, MAUBREY].map(typeset);

/** All that is said in words, with French spacing; what a database is asked stays as it is. */
function typeset<Value>(told: Value): Value {
  if (typeof told === 'string') return french(told) as Value;
  if (Array.isArray(told)) return told.map(typeset) as Value;
  if (told === null || typeof told !== 'object') return told;
  return Object.fromEntries(
    Object.entries(told).map(([name, one]) => [name, name === 'query' ? one : typeset(one)]),
  ) as Value;
}
