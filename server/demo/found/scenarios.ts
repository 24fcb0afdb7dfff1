/** Founds what may happen to a client, and what was looked at and chosen against it. */
import { addScenario, NewScenario } from '#/plans/scenarios.ts';
import {
  addStrategy,
  chooseStrategy,
  NewStrategy,
  putStrategyInPlace,
  refuseStrategy,
} from '#/plans/strategies.ts';
import { type Chapter, desk, type Story } from './story.ts';

export function scenarioChapters({ scenarios }: Story['content']): Chapter[] {
  const ref = (place: number) => `strategy ${place}`;
  return [
    { on: scenarios.on, tell: foundScenarios },
    ...scenarios.strategies.flatMap(({ choice, inPlace, refused }, place): Chapter[] => [
      ...(choice ? [decided(choice.on, place, (work, id) => chooseStrategy(work, id, choice))] : []),
      ...(inPlace === undefined ? [] : [decided(inPlace, place, (work, id) => putStrategyInPlace(work, id))]),
      ...(refused ? [decided(refused.on, place, (work, id) => refuseStrategy(work, id, refused))] : []),
    ]),
  ];

  /** The owner of the provider decides what its consultant proposed. */
  function decided(
    on: number,
    place: number,
    decide: (work: Story['work'], id: string) => Promise<unknown>,
  ): Chapter {
    return {
      on,
      tell: async (story) => {
        await decide(desk(story, 'claire', on, '11:00')(), story.refs.id(ref(place)));
      },
    };
  }
}

async function foundScenarios(story: Story): Promise<void> {
  const { content, client, refs } = story;
  const { on, scenarios, strategies } = content.scenarios;
  const next = desk(story, content.author, on, '09:00', 400);
  for (const { ref, ...scenario } of scenarios)
    refs.set(ref, (await addScenario(next(), client, NewScenario.parse(refs.resolve(scenario)))).id);
  for (const [place, { choice: _c, inPlace: _i, refused: _r, ...strategy }] of strategies.entries()) {
    const { id } = await addStrategy(next(), client, NewStrategy.parse(refs.resolve(strategy)));
    refs.set(`strategy ${place}`, id);
  }
}
