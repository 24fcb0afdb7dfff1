import type { Problem } from '../http/problems.ts';
import type { Form } from '../views.ts';

/** `sign-in`. `done`: what led here. */
export interface SignInView {
  email: string;
  next: string;
  problem: Problem | null;
  done: 'password' | 'joined' | null;
}

/** `forgotten`: asking for a link by mail. */
export interface ResetWishView {
  isAsked: boolean;
  /** Without a relay no link comes, and somebody else has to help. */
  sendsMail: boolean;
  form: Form;
}

/** `new-password`: where a link by mail leads. The form posts to the address it stands at. */
export interface NewPasswordView {
  /** Null: the link is over. */
  person: { name: string; email: string } | null;
  /** Null: a password was forgotten. */
  invitation: { by: string; provider: string } | null;
  /** Who is invited has a password already. */
  hasAccount: boolean;
  shortest: number;
  longest: number;
  form: Form;
}

/** `second-factor`: the password was right, and something else is asked for. */
export interface SecondFactorView {
  hasTotp: boolean;
  hasPasskey: boolean;
  next: string;
  form: Form;
}

/** `confirm`: who sits there shows once more who they are. */
export interface ConfirmView {
  next: string;
  /** Their mail address, where an OpenID provider speaks for it; null: it does not. */
  organisation: string | null;
  form: Form;
}
