/** Founds what changed later, so that what was proved before has to be looked at again. */
import { changeActivity, findActivity, NewActivity } from '#/plans/activities.ts';
import { addAsset, NewAsset } from '#/plans/assets.ts';
import { changeContact, findContact, NewContact } from '#/plans/contacts.ts';
import { addDependencies, NewDependency } from '#/plans/dependencies.ts';
import { changeImpactCategory, findImpactCategory } from '#/plans/impact-categories.ts';
import type { DemoChange } from '../content/demo-client.ts';
import { type Chapter, desk, type Story } from './story.ts';

export const changeChapters = ({ changes }: Story['content']): Chapter[] =>
  changes.map((change) => ({ on: change.on, tell: (story) => tellChange(story, change) }));

async function tellChange(story: Story, change: DemoChange): Promise<void> {
  const { client, content, refs, clock } = story;
  const next = desk(story, content.author, change.on, '11:15');
  if (change.kind === 'asset') {
    const { ref, ...asset } = change.asset;
    refs.set(ref, (await addAsset(next(), client, NewAsset.parse(refs.resolve(asset)))).id);
    const needs = change.neededBy.map((one) => NewDependency.parse(refs.resolve(one)));
    await addDependencies(next(), client, needs);
  }
  if (change.kind === 'activity') {
    const id = refs.id(change.activity);
    const before = await findActivity(next(), id);
    await changeActivity(next(), id, NewActivity.parse({ ...before, ...refs.resolve(change.change) }));
  }
  if (change.kind === 'impact-category') {
    const id = refs.id(change.category);
    const { name, position, levels } = await findImpactCategory(next(), id);
    await changeImpactCategory(next(), id, {
      name,
      position,
      levels: levels.map((one) => ({ ...one, isTolerable: one.level < change.firstIntolerable })),
    });
  }
  if (change.kind === 'left') {
    const id = refs.id(change.contact);
    const before = await findContact(next(), id);
    await changeContact(next(), id, NewContact.parse({ ...before, leftOn: clock.day(change.on) }));
  }
}
