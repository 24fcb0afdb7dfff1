/** Founds what a client works with: sites, people to reach, suppliers, assets, and what needs what. */
import { addAsset, changeAsset, findAsset, NewAsset } from '#/plans/assets.ts';
import { addContact, changeContact, findContact, NewContact, verifyContactPoint } from '#/plans/contacts.ts';
import { addDependencies, confirmDependency, NewDependency } from '#/plans/dependencies.ts';
import { addSite, NewSite } from '#/plans/sites.ts';
import { addSupplier, checkSupplier, NewSupplier } from '#/plans/suppliers.ts';
import type { DemoContact } from '../content/demo-client.ts';
import { type Chapter, desk, type Story } from './story.ts';

export function inventoryChapters({ inventory }: Story['content']): Chapter[] {
  const { on, suppliers, confirmed } = inventory;
  const checks = suppliers.flatMap(({ ref, checked }): Chapter[] =>
    checked === undefined
      ? []
      : [
          {
            on: checked,
            tell: async (story) => {
              const next = desk(story, story.content.author, checked, '15:00');
              await checkSupplier(next(), story.refs.id(ref), { on: null });
            },
          },
        ],
  );
  return [
    { on, tell: foundInventory },
    ...checks,
    ...(confirmed === null ? [] : [{ on: confirmed, tell: confirmNeeds }]),
  ];
}

async function foundInventory(story: Story): Promise<void> {
  const { content, client, refs } = story;
  const { on, sites, contacts, suppliers, assets } = content.inventory;
  const next = desk(story, content.author, on);
  for (const { ref, ...site } of sites)
    refs.set(ref, (await addSite(next(), client, NewSite.parse(site))).id);
  for (const contact of contacts)
    refs.set(contact.ref, (await addContact(next(), client, parsed(story, contact, []))).id);
  for (const { ref, checked: _checked, about = {}, ...supplier } of suppliers) {
    const { id } = await addSupplier(next(), client, NewSupplier.parse(refs.resolve(supplier)));
    refs.set(ref, id);
    const { label: _label, ...asset } = await findAsset(next(), id);
    await changeAsset(next(), id, NewAsset.parse({ ...asset, ...refs.resolve(about) }));
  }
  for (const { ref, ...asset } of assets)
    refs.set(ref, (await addAsset(next(), client, NewAsset.parse(refs.resolve(asset)))).id);
  for (const contact of contacts.filter(({ points = [] }) => points.some(({ needsAsset }) => needsAsset)))
    await changeContact(next(), refs.id(contact.ref), parsed(story, contact, contact.points));
}

/** Once the activities are there as well. */
export async function foundNeeds(story: Story): Promise<void> {
  const { content, client, refs } = story;
  const told = content.inventory.dependencies.map((one) => NewDependency.parse(refs.resolve(one)));
  const needs = await addDependencies(
    desk(story, content.author, content.analysis.on, '17:30')(),
    client,
    told,
  );
  for (const [place, { id }] of needs.entries()) refs.set(`need ${place}`, id);
}

/** Points come without what they need while the assets are not there yet. */
function parsed(
  { refs, people }: Story,
  { ref: _ref, left: _left, person, ...contact }: DemoContact,
  points: DemoContact['points'],
): NewContact {
  const known = (points?.length ? points : contact.points) ?? [];
  return NewContact.parse({
    ...contact,
    person: person ? people.get(person)?.id : null,
    points: points?.length ? refs.resolve(known) : known.map((point) => ({ ...point, needsAsset: null })),
  });
}

/** Somebody calls everybody by their first number, and goes through the dependencies with the client. */
async function confirmNeeds(story: Story): Promise<void> {
  const { content, refs } = story;
  const { contacts, dependencies, confirmed } = content.inventory;
  const next = desk(story, content.author, confirmed!, '10:00');
  for (const { ref } of contacts) {
    const { points } = await findContact(next(), refs.id(ref));
    if (points[0]) await verifyContactPoint(next(), refs.id(ref), { point: points[0].id });
  }
  for (const [place, { confidence }] of dependencies.entries())
    if (confidence !== 'assumed') await confirmDependency(next(), refs.id(`need ${place}`));
}
