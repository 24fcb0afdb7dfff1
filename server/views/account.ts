import type { OpenSession } from '#/plans/account.ts';
import type { Form } from '../views.ts';

/** `account`: what somebody keeps of their own sign-in. */
export interface AccountView {
  person: { name: string; email: string };
  sessions: OpenSession[];
  /** There is a session beside the one that asks. */
  hasOthers: boolean;
  shortest: number;
  longest: number;
  /** What was just done. */
  done: 'password' | 'session' | 'others' | null;
  form: Form;
}
