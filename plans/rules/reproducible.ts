/**
 * Rule 14: the same facts give the same result, whatever their order. It is looked at with the client's own facts, because a
 * report that cannot be made again proves nothing. That drawing the same snapshot gives the same bytes is a matter of the
 * report.
 */
import { canonical } from '../canonical.ts';
import type { ClientFacts } from '../facts.ts';
import { computeReadiness } from '../readiness/compute-readiness.ts';
import { found, type RuleFinding, ruled } from './rule.ts';

export function reproducible(
  facts: ClientFacts,
  compute: (facts: ClientFacts) => unknown = computeReadiness,
): RuleFinding[] {
  if (canonical(compute(facts)) === canonical(compute(backwards(facts)))) return [];
  const { id, name } = facts.client;
  return [
    found('reproducible', { kind: 'client', id, name }, 'contradiction', ruled('rules.not-reproducible', {})),
  ];
}

/** Every list from its end. Lists within facts are in an order that says something. */
const backwards = (facts: ClientFacts): ClientFacts => ({
  ...facts,
  ...(Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) =>
      Array.isArray(value) ? [[key, value.toReversed()]] : [],
    ),
  ) as Partial<ClientFacts>),
});
