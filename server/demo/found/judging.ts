/** Founds what a client is judged by: frameworks, decisions on clauses, what people declare, and what the provider promised. */
import { decideClause, NewClauseDecision } from '#/plans/clause-decisions.ts';
import { chooseFramework, NewClientFramework } from '#/plans/client-frameworks.ts';
import { addContactTest, NewContactTest } from '#/plans/contact-tests.ts';
import { findContact } from '#/plans/contacts.ts';
import { declare, NewDeclaration } from '#/plans/declarations.ts';
import { addAgreement, NewAgreement } from '#/plans/service-agreements.ts';
import type { DemoContactTest } from '../content/demo-client.ts';
import { actionChapters, addOne } from './reviews.ts';
import { as, type Chapter, desk, type Story } from './story.ts';

export function judgingChapters({ judging, contactTests }: Story['content']): Chapter[] {
  const { on, decisions, declarations, actions } = judging;
  return [
    { on, tell: foundJudging },
    ...decisions.map(
      ({ on: day, until, ...decision }): Chapter => ({
        on: day,
        tell: async (story) => {
          const end = until === undefined ? null : story.clock.day(until);
          const told = NewClauseDecision.parse({ ...decision, until: end });
          await decideClause(desk(story, 'claire', day, '15:30')(), story.client, told);
        },
      }),
    ),
    ...declarations.map(
      ({ on: day, by, until, ...declaration }): Chapter => ({
        on: day,
        tell: async (story) => {
          const told = NewDeclaration.parse({ ...declaration, validUntil: story.clock.day(until) });
          await declare(desk(story, by, day, '16:45')(), story.client, told);
        },
      }),
    ),
    ...actions.flatMap((action): Chapter[] => [
      {
        on: action.on,
        tell: (story) => addOne(story, desk(story, story.content.author, action.on)(), action, null),
      },
      ...actionChapters(action),
    ]),
    ...contactTests.map((test): Chapter => ({ on: test.on, tell: (story) => callSomebody(story, test) })),
  ];
}

async function foundJudging(story: Story): Promise<void> {
  const { content, client, clock } = story;
  const { on, frameworks, agreements } = content.judging;
  const next = desk(story, 'claire', on, '14:30', 120);
  for (const framework of frameworks)
    await chooseFramework(next(), client, NewClientFramework.parse(framework));
  for (const { from, until, ...agreement } of agreements) {
    const told = {
      ...agreement,
      validFrom: clock.day(from),
      validUntil: until === undefined ? null : clock.day(until),
    };
    await addAgreement(next(), client, NewAgreement.parse(told));
  }
}

/** By the first of their numbers. */
async function callSomebody(
  story: Story,
  { on, at, contact, method, seconds, note }: DemoContactTest,
): Promise<void> {
  const { client, refs, clock } = story;
  const work = as(story, 'samia', clock.at(on, at));
  const { points } = await findContact(work, refs.id(contact));
  await addContactTest(
    work,
    client,
    NewContactTest.parse({
      contact: refs.id(contact),
      contactPoint: points[0]?.id ?? null,
      at: work.now.toISOString(),
      method,
      isReached: seconds !== null,
      answerSeconds: seconds,
      note,
    }),
  );
}
