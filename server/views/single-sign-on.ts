import type { MAPPED_ROLES } from '#/plans/single-sign-on/settings.ts';
import type { Tried } from '../single-sign-on/try.ts';
import type { Form } from '../views.ts';

/** `single-sign-on`: the provider's settings. */
export interface SingleSignOnView {
  isSet: boolean;
  /** What has to be registered at the OpenID provider. */
  back: string;
  roles: typeof MAPPED_ROLES;
  version: string;
  form: Form;
  tried: Tried | null;
  done: 'saved' | null;
}

/** `sign-in-elsewhere`: on the way to the OpenID provider. */
export interface ElsewhereView {
  address: string;
  host: string;
}
