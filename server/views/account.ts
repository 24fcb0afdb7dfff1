import type { OpenSession } from '#/plans/account.ts';
import type { OwnFactors } from '#/plans/factors.ts';
import type { Form } from '../views.ts';

/** `account`: what somebody keeps of their own sign-in. */
export interface AccountView {
  person: { name: string; email: string; locale: string };
  factors: OwnFactors;
  hasFactor: boolean;
  sessions: OpenSession[];
  /** There is a session beside the one that asks. */
  hasOthers: boolean;
  shortest: number;
  longest: number;
  /** What was just done. */
  done:
    | 'password'
    | 'language'
    | 'session'
    | 'others'
    | 'passkey'
    | 'passkey-removed'
    | 'totp'
    | 'totp-removed'
    | null;
  form: Form;
  /** Posts `name` and what the browser answered to /account/passkeys. */
  passkeyForm: Form;
}

/** `totp`: the secret, to be read by an app or typed into it. The form posts `code` to /account/totp. */
export interface TotpView {
  secret: string;
  /** A QR code in SVG. */
  picture: string;
  form: Form;
}

/** `recovery-codes`, shown this once. */
export interface RecoveryCodesView {
  codes: string[];
}
