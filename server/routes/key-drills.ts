import { may } from '#/plans/access.ts';
import { findClient } from '#/plans/clients.ts';
import { findKeyDrill } from '#/plans/key-drills.ts';
import { listClientKeys } from '#/plans/keys.ts';
import { listStores } from '#/plans/stores.ts';
import type { Work } from '#/plans/work.ts';
import { drillCommands } from '../drill-commands.ts';
import { page, type Route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { OfClient, One } from '../http/shapes.ts';
import { recoverySheetHtml } from '../recovery-sheet.ts';
import { VERSIONS } from '../versions.ts';

/** Files that key holders take along: the sealed answer, the commands of a drill, and those to keep beside the key. */
export const keyDrillsPages = ({ templates }: Pick<Services, 'templates'>): Route[] => [
  ...['/key-drills/:id/file', '/api/v1/key-drills/:id/file'].map((path) =>
    page({
      method: 'get',
      path,
      summary: 'The sealed answer of a key drill, as a file for age',
      params: One,
      run: async ({ work, params: { id } }) => {
        const { sealed } = await findKeyDrill(work, id);
        return handOut(`reprise-${id}.age`, 'application/octet-stream', sealed);
      },
    }),
  ),
  page({
    method: 'get',
    path: '/key-drills/:id/commands',
    summary: 'The commands of a key drill that restores, for a shell',
    params: One,
    run: async ({ work, params: { id } }) =>
      handOut(`reprise-${id}.sh`, 'text/plain; charset=utf-8', drillCommands(await findKeyDrill(work, id))),
  }),
  page({
    method: 'get',
    path: '/clients/:client/recovery-sheet',
    summary: 'The commands that restore without us, to print and keep with the key',
    params: OfClient,
    run: async ({ work, locale, params: { client } }) => {
      const html = recoverySheetHtml({ ...(await sheetOf(work, client)), locale }, templates);
      return handOut('restaurer-sans-reprise.html', 'text/html; charset=utf-8', html);
    },
  }),
];

async function sheetOf(work: Work, id: string) {
  const isProtector = may(work, 'protection.read');
  const keys = isProtector ? await listClientKeys(work, id) : [];
  const stores = isProtector ? await listStores(work, id) : [];
  return {
    client: await findClient(work, id),
    fingerprints: keys
      .filter(({ purpose, retiredAt }) => purpose === 'recovery' && retiredAt === null)
      .map(({ fingerprint }) => fingerprint),
    stores: stores.map(({ name, address }) => ({ name, address })),
    madeAt: work.now.toISOString(),
    version: VERSIONS.product,
  };
}

const handOut = (name: string, type: string, text: string) => ({
  download: { name, type, read: async () => Buffer.from(text) },
});
