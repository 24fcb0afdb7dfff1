/** What is wrong with who leads in a crisis, told beside each role. */

export const ROLE_GAPS = ['nobody', 'holder-left', 'no-deputy', 'two-cells'] as const;

export interface RoleGap {
  gap: (typeof ROLE_GAPS)[number];
  /** Whom it is about; null where there is nobody. */
  contact: string | null;
}

interface Held {
  cell: string;
  /** Those whose time has come: first the holder, then the deputies. */
  holders: readonly { contact: string; name: string; hasLeft: boolean }[];
}

/** `roles`: all of the client. The worst first, as `ROLE_GAPS` has them. */
export function gapsOf(role: Held, roles: readonly Held[]): RoleGap[] {
  const there = role.holders.filter(({ hasLeft }) => !hasLeft);
  const gone = role.holders.filter(({ hasLeft }) => hasLeft);
  return [
    ...(there.length === 0 ? [{ gap: 'nobody', contact: null } as const] : []),
    ...gone.map(({ name }) => ({ gap: 'holder-left', contact: name }) as const),
    ...(there.length === 1 ? [{ gap: 'no-deputy', contact: there[0]!.name } as const] : []),
    ...(leadsElsewhere(role, roles) ? [{ gap: 'two-cells', contact: role.holders[0]!.name } as const] : []),
  ];
}

/** As first holder: a deputy steps in only when somebody is missing. */
function leadsElsewhere({ cell, holders }: Held, roles: readonly Held[]): boolean {
  const [first] = holders;
  if (!first || first.hasLeft) return false;
  return roles.some((other) => other.cell !== cell && other.holders[0]?.contact === first.contact);
}
