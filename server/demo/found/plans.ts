/** Founds plans: who leads in a crisis, the versions that were written, approved and handed out, and what their databases must answer. */
import { addAssertion, NewAssertion } from '#/plans/assertions.ts';
import { CallTreeChange, writeCallTree } from '#/plans/call-trees.ts';
import { addCrisisRole, NewCrisisRole } from '#/plans/crisis-roles.ts';
import { acknowledge, distribute, NewDistribution } from '#/plans/distributions.ts';
import { decideVersion, submitVersion } from '#/plans/plan-decisions.ts';
import { draftVersion, NewPlanVersion } from '#/plans/plan-versions.ts';
import { createPlan, NewPlan } from '#/plans/plans.ts';
import { RunbookChange, writeRunbook } from '#/plans/runbooks.ts';
import type { DemoHandout, DemoPlan, DemoVersion } from '../content/demo-client.ts';
import { type Chapter, desk, type Story } from './story.ts';

export function planChapters({ plans, crisisRoles }: Story['content']): Chapter[] {
  return [
    { on: crisisRoles.on, tell: foundRoles },
    ...plans.flatMap((plan) =>
      plan.versions.flatMap((version, place) => versionChapters(plan, version, place)),
    ),
  ];
}

async function foundRoles(story: Story): Promise<void> {
  const { content, client, refs, clock } = story;
  const next = desk(story, content.author, content.crisisRoles.on, '14:00');
  for (const { ref, holders, ...role } of content.crisisRoles.roles) {
    const from = clock.day(content.crisisRoles.on);
    const told = { ...role, holders: holders.map((contact) => ({ contact: refs.id(contact), from })) };
    refs.set(ref, (await addCrisisRole(next(), client, NewCrisisRole.parse(told))).id);
  }
}

function versionChapters(plan: DemoPlan, version: DemoVersion, place: number): Chapter[] {
  const { drafted, approved } = version;
  const ref = `${plan.ref} v${place + 1}`;
  return [
    { on: drafted, tell: (story) => draft(story, plan, version, { ref, isFirst: place === 0 }) },
    ...(approved === null
      ? []
      : [
          {
            on: approved,
            tell: async (story: Story) => {
              const work = desk(story, story.content.approver, approved, '16:00')();
              const comment = version.comment ?? null;
              await decideVersion(work, story.refs.id(ref), { decision: 'approved', comment });
            },
          },
        ]),
    ...version.handouts.flatMap((handout): Chapter[] => [
      { on: handout.on, tell: (story) => handOut(story, ref, handout) },
      ...(handout.read === undefined
        ? []
        : [{ on: handout.read, tell: (story: Story) => read(story, ref, handout) }]),
    ]),
  ];
}

async function handOut(story: Story, ref: string, { on, contacts, channel }: DemoHandout): Promise<void> {
  const to = NewDistribution.parse({ channel, contacts: contacts.map((one) => story.refs.id(one)) });
  const copies = await distribute(desk(story, story.content.author, on, '17:00')(), story.refs.id(ref), to);
  for (const { id, contact, ...copy } of copies)
    if (copy.channel === channel) story.refs.set(`${ref} ${channel} ${contact}`, id);
}

/** Who can sign in says so; of the others somebody noted it when the signed slip came back. */
async function read(story: Story, ref: string, { read: on, contacts, channel }: DemoHandout): Promise<void> {
  const { content, refs } = story;
  for (const contact of contacts) {
    const known = content.inventory.contacts.find((one) => one.ref === contact);
    const work = desk(story, known?.person ?? content.author, on!, '09:15')();
    await acknowledge(work, refs.id(`${ref} ${channel} ${refs.id(contact)}`));
  }
}

async function draft(
  story: Story,
  { ref: planRef, plan, assertions = [] }: DemoPlan,
  version: DemoVersion,
  { ref, isFirst }: { ref: string; isFirst: boolean },
): Promise<void> {
  const { content, client, refs, clock } = story;
  const next = desk(story, content.author, version.drafted, '10:00', 600);
  if (isFirst) {
    refs.set(planRef, (await createPlan(next(), client, NewPlan.parse(refs.resolve(plan)))).id);
    for (const assertion of assertions)
      await addAssertion(next(), refs.id(planRef), NewAssertion.parse(refs.resolve(assertion)));
  }
  const { changeSummary, sections, steps, callTree, approved } = version;
  const told = {
    changeSummary,
    start: isFirst ? 'starter' : 'last',
    sections: sections?.(clock) ?? null,
  } as const;
  const { id } = await draftVersion(next(), refs.id(planRef), NewPlanVersion.parse(told));
  refs.set(ref, id);
  if (steps) await writeRunbook(next(), id, RunbookChange.parse({ steps: refs.resolve(steps) }));
  if (callTree) await writeCallTree(next(), id, CallTreeChange.parse({ nodes: refs.resolve(callTree) }));
  if (approved !== null) await submitVersion(next(), id);
}
