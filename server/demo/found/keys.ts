/** Founds who holds the recovery key, and the drills in which they opened something with it. */
import { withoutArmour } from '#/jobs/recovery-points/age/armour.ts';
import { parseIdentities } from '#/jobs/recovery-points/age/keys.ts';
import { openAge } from '#/jobs/recovery-points/age/open.ts';
import { answerKeyDrill } from '#/plans/key-drill-answers.ts';
import { NewKeyDrill } from '#/plans/key-drills.ts';
import { addKeyHolder, type KeyHolder } from '#/plans/key-holders.ts';
import { listClientKeys } from '#/plans/keys.ts';
import { askForKeyDrill } from '../../key-drills.ts';
import type { DemoKeyHolder } from '../content/demo-client.ts';
import { as, type Chapter, type Story } from './story.ts';

export const keyChapters = ({ keyHolders }: Story['content']): Chapter[] =>
  keyHolders.flatMap((told) => {
    let holder: KeyHolder;
    return [
      {
        on: told.on,
        tell: async (story: Story) => {
          holder = await hold(story, told);
        },
      },
      ...told.drills.map(({ on, answeredBy }) => ({
        on,
        tell: (story: Story) => drill(story, holder, { on, answeredBy }),
      })),
    ];
  });

async function hold(story: Story, { contact, place, on }: DemoKeyHolder): Promise<KeyHolder> {
  const { client, content, refs, clock } = story;
  const work = as(story, content.author, clock.at(on, '10:40'));
  const key = (await listClientKeys(work, client)).find(({ purpose }) => purpose === 'recovery')!.id;
  return addKeyHolder(work, client, { key, contact: refs.id(contact), place });
}

/** The holder opens the answer with the real key, as on a machine of theirs. */
async function drill(
  story: Story,
  { id }: KeyHolder,
  { on, answeredBy }: DemoKeyHolder['drills'][number],
): Promise<void> {
  const { client, content, clock, recoveryIdentity } = story;
  const asked = await askForKeyDrill(
    as(story, content.author, clock.at(on, '09:10')),
    client,
    NewKeyDrill.parse({ holder: id }),
  );
  const answer = openAge(
    withoutArmour(Buffer.from(asked.sealed)),
    parseIdentities(recoveryIdentity),
  ).toString();
  await answerKeyDrill(as(story, answeredBy, clock.at(on, '11:25')), asked.id, { answer });
}
