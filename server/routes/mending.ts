/** Where what was found is mended: the form for it, or the page that tells of it for who may not use the form. */
import { type Action, may } from '#/plans/access.ts';
import type { StandingFinding } from '#/plans/rule-findings.ts';
import type { Fix } from '#/plans/rules/fix.ts';
import type { Work } from '#/plans/work.ts';

interface Place {
  href: string;
  right: Action;
}

type Found = Pick<StandingFinding, 'rule' | 'object'> & { reason: Pick<StandingFinding['reason'], 'key'> };

/** Null where nothing but its object's page would do. */
export function mendingHref(work: Work, client: string, found: Found): string | null {
  const form = formFor(client, found);
  return form && may(work, form.right) ? form.href : null;
}

export function fixHref(work: Work, client: string, { kind, of }: Pick<Fix, 'kind' | 'of'>): string | null {
  const form = formForFix(client, kind, of);
  return form && may(work, form.right) ? form.href : of && pageOf(of);
}

function formFor(client: string, { rule, reason: { key }, object: { kind, id, name } }: Found): Place | null {
  const inClient = (path: string, right: Action): Place => ({ href: `/clients/${client}/${path}`, right });
  switch (rule) {
    case 'objectives':
      return { href: `/activities/${id}/edit`, right: 'activity.change' };
    case 'leaves':
      return key === 'readiness.team-without-deputy' || key === 'readiness.supplier-not-checked'
        ? null
        : inClient(`dependencies/new?from=activity:${id}`, 'inventory.change');
    case 'backup-interval':
    case 'off-site-copies':
    case 'retention':
      return key === 'rules.not-backed-up'
        ? inClient('protection#policies', 'protection.change')
        : inClient(`backup-policies?${new URLSearchParams({ search: name })}`, 'protection.change');
    case 'restore-tests':
      return inClient('restore-tests', 'restore-test.request');
    case 'supplier-promises':
      return { href: `/suppliers/${id}/edit`, right: 'inventory.change' };
    case 'crisis-roles':
    case 'crisis-channel':
      return kind === 'role'
        ? { href: `/crisis-roles/${id}/edit`, right: 'continuity.change' }
        : inClient('crisis-roles', 'continuity.change');
    case 'approvals':
      return key === 'rules.approvers-gone' ? inClient('crisis-roles', 'continuity.change') : null;
    case 'key-possession':
      return key === 'rules.key-without-holder'
        ? inClient('key-holders/new', 'inventory.change')
        : inClient('keys#holders', 'key.change');
    default:
      return null;
  }
}

function formForFix(client: string, kind: Fix['kind'], of: Fix['of']): Place | null {
  const inClient = (path: string, right: Action): Place => ({ href: `/clients/${client}/${path}`, right });
  switch (kind) {
    case 'technician':
    case 'link':
      return inClient('settings', 'client.change');
    case 'restore-test':
      return inClient('restore-tests', 'restore-test.request');
    case 'strategy':
      return of && { href: `/strategies/${of.id}/edit`, right: 'continuity.change' };
    case 'deputy':
      return (
        of &&
        (of.kind === 'role'
          ? { href: `/crisis-roles/${of.id}/edit`, right: 'continuity.change' }
          : { href: `/assets/${of.id}/edit`, right: 'inventory.change' })
      );
    default:
      return null;
  }
}

const PAGES: Record<string, string> = {
  activity: 'activities',
  asset: 'assets',
  plan: 'plans',
  step: 'plans',
  role: 'crisis-roles',
  contact: 'contacts',
  client: 'clients',
  strategy: 'strategies',
};

/** A step is told as its plan and its key. */
export const pageOf = ({ kind, id }: { kind: string; id: string }): string | null =>
  PAGES[kind] ? `/${PAGES[kind]}/${id.split(' ')[0]}` : null;
