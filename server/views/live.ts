import type { Activation, LiveStep } from '#/plans/activations.ts';
import type { Client } from '#/plans/clients.ts';
import type { Form } from '../views.ts';

/** A step with how long it has been under way. */
export type ShownStep = LiveStep & {
  elapsedSeconds: number | null;
  /** What it still waits for. */
  waitsFor: { key: string; action: string }[];
  /** Longer under way, or taken, than nine of ten times. */
  isSlow: boolean;
};

/** `life/live`. Forms post to /activations/:id/live. */
export interface LiveView {
  client: Client;
  activation: Activation;
  version: string;
  elapsedSeconds: number;
  counts: { done: number; all: number };
  /** What can be done now, then what waits, then what is over. */
  groups: { name: 'started' | 'ready' | 'waiting' | 'over'; steps: ShownStep[] }[];
  mayRun: boolean;
  mayStandDown: boolean;
  /** The step whose form was refused. */
  refusedKey: string | null;
  form: Form;
}
