/** Rule 15: each recovery key has a holder, and each holder was seen to open something with it inside the client's interval. */
import { compareTimes } from '../readiness/time.ts';
import { found, type Rule, type RuleObject, ruled } from './rule.ts';

export const keyPossession: Rule = ({ facts: { recoveryKeys, client, now } }) => {
  const nobody = recoveryKeys.filter(({ holders }) => holders.every(({ hasLeft }) => hasLeft));
  const all = recoveryKeys.flatMap(({ fingerprint, holders }) =>
    holders.map((holder) => ({ ...holder, fingerprint })),
  );
  const left = all.filter(({ hasLeft }) => hasLeft);
  const held = all.filter(({ hasLeft }) => !hasLeft);
  const never = held.filter(({ openedAt }) => openedAt === null);
  const overdue = held.filter(({ dueAt }) => dueAt !== null && compareTimes(dueAt, now) < 0);
  return [
    ...(nobody.length > 0
      ? [
          warn(
            { kind: 'client', id: client.id, name: client.name },
            ruled('rules.key-without-holder', { fingerprints: listed(nobody) }),
          ),
        ]
      : []),
    ...byContact(left).map(([object, keys]) =>
      warn(object, ruled('rules.key-holder-left', { contact: object.name, fingerprints: listed(keys) })),
    ),
    ...byContact(never).map(([object, keys]) =>
      warn(object, ruled('rules.key-never-opened', { contact: object.name, fingerprints: listed(keys) })),
    ),
    ...byContact(overdue).map(([object, keys]) =>
      warn(
        object,
        ruled('rules.key-drill-overdue', {
          contact: object.name,
          fingerprints: listed(keys),
          dueDate: keys
            .map(({ dueAt }) => dueAt!)
            .sort(compareTimes)[0]!
            .slice(0, 10),
        }),
      ),
    ),
  ];
};

const warn = (object: RuleObject, reason: Parameters<typeof found>[3]) =>
  found('key-possession', object, 'warning', reason);

const listed = (keys: { fingerprint: string }[]) =>
  keys
    .map(({ fingerprint }) => fingerprint)
    .sort()
    .join(', ');

/** Who holds two keys is named once. */
function byContact<Holding extends { contact: string; name: string }>(holdings: Holding[]) {
  return [...Map.groupBy(holdings, ({ contact }) => contact)]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([id, own]) => [{ kind: 'contact', id, name: own[0]!.name } satisfies RuleObject, own] as const);
}
