/** The clients of the demo; the first one is told in full. */
import type { DemoClient } from './demo-client.ts';
import { MAUBREY } from './maubrey/client.ts';
import { OSTREA } from './ostrea/client.ts';
import { VERNAZET } from './vernazet/client.ts';

export const CLIENTS: DemoClient[] = [VERNAZET, OSTREA, MAUBREY];
