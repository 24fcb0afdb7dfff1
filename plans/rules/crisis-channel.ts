/** Rule 11: whoever leads in a crisis is reached by something that the crisis does not take. */
import type { ContactFacts, CrisisRoleFacts } from '../continuity-facts.ts';
import { byName } from '../readiness/graph.ts';
import { lossesOf } from '../readiness/scenario-losses.ts';
import { found, type Rule, ruled } from './rule.ts';

type Channel = 'open' | 'lost' | 'not-said';

export const crisisChannel: Rule = ({ facts, graph }) => {
  const scenarios = byName(facts.scenarios.filter(({ state }) => state === 'retained')).map((scenario) => ({
    name: scenario.name,
    down: lossesOf(facts, scenario, graph).down,
  }));
  return byName(facts.crisisRoles).flatMap((role) => {
    const people = holdersOf(role, facts.contacts);
    if (people.length === 0) return []; // rule 9 tells that nobody is there
    const named = (channel: Channel) =>
      scenarios
        .filter(({ down }) => down.size > 0 && channelOf(people, down) === channel)
        .map(({ name }) => name)
        .join(', ');
    const object = { kind: 'role', id: role.id, name: role.name } as const;
    const [lost, notSaid] = [named('lost'), named('not-said')];
    return [
      ...(lost === ''
        ? []
        : [
            found(
              'crisis-channel',
              object,
              'contradiction',
              ruled('rules.channel-lost', { role: role.name, scenarios: lost }),
            ),
          ]),
      ...(notSaid === ''
        ? []
        : [
            found(
              'crisis-channel',
              object,
              'warning',
              ruled('rules.channel-not-said', { role: role.name, scenarios: notSaid }),
            ),
          ]),
    ];
  });
};

const holdersOf = ({ holders }: CrisisRoleFacts, contacts: ContactFacts[]): ContactFacts[] =>
  contacts.filter(({ id, hasLeft }) => !hasLeft && holders.some(({ contact }) => contact === id));

/** One of them by one way is enough. A way of which nobody said what it needs may be gone or not. */
function channelOf(people: ContactFacts[], down: ReadonlySet<string>): Channel {
  const channels = people.flatMap(({ points }) =>
    points.map(({ isOutOfBand, needsAsset }): Channel => {
      if (needsAsset !== null) return down.has(needsAsset) ? 'lost' : 'open';
      return isOutOfBand ? 'open' : 'not-said';
    }),
  );
  if (channels.includes('open')) return 'open';
  return channels.includes('not-said') ? 'not-said' : 'lost';
}
