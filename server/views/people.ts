import type { Invitation } from '#/plans/invitations.ts';
import type { MemberFactors } from '#/plans/member-factors.ts';
import type { Member } from '#/plans/people.ts';
import type { Role } from '#/plans/work.ts';
import type { Form } from '../views.ts';

/** `people`: who has a sign-in at the provider, and who was asked to join. */
export interface PeopleView {
  people: (Member & {
    isOneself: boolean;
    endHref: string;
    resetHref: string;
    factors: MemberFactors | null;
  })[];
  invitations: Invitation[];
  roles: readonly Role[];
  clients: { id: string; name: string; isChosen: boolean }[];
  isForAll: boolean;
  /** Without a relay nobody can be invited. */
  sendsMail: boolean;
  /** Whether they see the service’s own continuity. */
  isOperator: boolean;
  done: 'sessions' | 'ended' | 'invited' | 'withdrawn' | 'factors' | 'rules' | null;
  /** Posts to /people/invitations. */
  form: Form;
  /** Of the rules; posts to /people/rules. */
  version: string;
  rulesForm: Form;
}
