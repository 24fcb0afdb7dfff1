import type { FormerMember } from '#/plans/personal-data/erase-member.ts';
import type { RETENTION } from '#/plans/personal-data/retention.ts';
import type { Form } from '../views.ts';

/** `personal-data`. */
export interface PersonalDataView {
  former: (FormerMember & { href: string })[];
  retention: typeof RETENTION;
  /** Why somebody is taken out. */
  form: Form;
  done: 'erased' | null;
}
