import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listChoices } from '#/plans/choices.ts';
import {
  CLASHING_TERMS,
  CLIENT_SIZES,
  type Client,
  changeClient,
  findClient,
  findClientForChange,
  NewClient,
} from '#/plans/clients.ts';
import { LOCALES } from '#/plans/reports/head.ts';
import { planAnew } from '#/plans/schedules/schedules.ts';
import type { Work } from '#/plans/work.ts';
import type { Problem } from '../http/problems.ts';
import { etagOf, page, type Typed } from '../http/route.ts';
import { OfClient } from '../http/shapes.ts';
import { cellsOf } from '../records/cells.ts';
import { differencesOf } from '../records/differences.ts';
import { AsTyped, type Field, fillForm } from '../records/field.ts';
import { inputsOf, labelled } from '../records/inputs.ts';
import { choicesOf } from '../records/noun.ts';
import { parseForm } from '../records/parse-form.ts';
import type { ClientSettingsView } from '../views/client-settings.ts';
import { form } from '../views.ts';

const LABEL = 'labels.';

export const CLIENT_FIELDS: Field[] = [
  { name: 'name', kind: 'line' },
  { name: 'sector', kind: 'line', optional: true },
  { name: 'size', kind: 'choice', values: CLIENT_SIZES, words: 'client-size', optional: true },
  { name: 'country', kind: 'line', max: 2 },
  { name: 'locale', kind: 'choice', values: LOCALES, words: 'locale' },
  { name: 'timeZone', kind: 'line', max: 60 },
  { name: 'currency', kind: 'line', max: 3 },
  { name: 'businessHours', kind: 'hours' },
  { name: 'technicians', kind: 'number' },
  { name: 'links', kind: 'number' },
  { name: 'runsAtOnce', kind: 'number' },
  { name: 'technicianPool', kind: 'reference', to: 'technicianPools', optional: true },
  ...CLASHING_TERMS.map((term): Field => ({ name: LABEL + term, kind: 'line', optional: true, max: 100 })),
];

/** What is typed field by field, as the record keeps it. */
const FromForm = z.preprocess((read) => {
  const entries = Object.entries(read as Record<string, unknown>);
  const labels = entries.filter(([name, word]) => name.startsWith(LABEL) && word !== null);
  return {
    ...Object.fromEntries(entries.filter(([name]) => !name.startsWith(LABEL))),
    labels: Object.fromEntries(labels.map(([name, word]) => [name.slice(LABEL.length), word])),
  };
}, NewClient);

/** Who the client is, how it works, and what it calls things. */
export const clientSettingsPages = [
  page({
    method: 'get',
    path: '/clients/:client/settings',
    summary: 'Settings of a client',
    params: OfClient,
    query: z.object({ saved: z.string().optional() }),
    run: async ({ work, params: { client }, query: { saved } }) => ({
      show: 'clients/settings',
      data: { ...(await settingsOf(work, client)), isSaved: saved !== undefined },
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/settings',
    summary: 'Change the settings of a client',
    params: OfClient,
    body: AsTyped,
    current: ({ work, params: { client } }) => findClientForChange(work, client),
    run: async ({ work, params: { client }, body }) => {
      const { timeZone } = await findClient(work, client);
      await changeClient(work, client, parseForm(CLIENT_FIELDS, FromForm, body, timeZone));
      await planAnew(work, client); // in another zone the same hour is another time
      return { goTo: `/clients/${client}/settings?saved` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'clients/settings',
      data: await settingsOf(work, client, { typed, problem }),
    }),
  }),
];

async function settingsOf(
  work: Work,
  id: string,
  refused: { typed: Typed; problem: Problem } | null = null,
): Promise<ClientSettingsView> {
  const client = await findClient(work, id);
  const choices = await listChoices(work, id, choicesOf(CLIENT_FIELDS));
  const values = valuesOf(client);
  const recorded = fillForm(CLIENT_FIELDS, values, { zone: client.timeZone, day: 'j', byte: 'o' });
  const typed = refused?.typed ?? recorded;
  const filled = form(typed, refused?.problem ?? null);
  const inputs = inputsOf(CLIENT_FIELDS, { words: 'client', typed, choices, errors: filled.errors });
  return {
    client,
    isSaved: false,
    mayChange: may(work, 'client.change'),
    mayReadClosings: may(work, 'closing.read'),
    version: etagOf(client),
    facts: cellsOf(
      // Only who sees the pools knows their names.
      CLIENT_FIELDS.filter(({ name }) => name !== 'technicianPool' || may(work, 'pool.read')),
      values,
      'client',
      choices,
    ),
    inputs,
    form: labelled(filled, inputs),
    differences:
      refused?.problem.key === 'http.changed-meanwhile'
        ? differencesOf(CLIENT_FIELDS, 'client', recorded, refused.typed)
        : [],
  };
}

const valuesOf = (client: Client): Record<string, unknown> => ({
  ...client,
  businessHours: client.businessHours ?? 'always',
  ...Object.fromEntries(CLASHING_TERMS.map((term) => [LABEL + term, client.labels[term] ?? null])),
});
