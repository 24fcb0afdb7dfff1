/** The plain pages of a noun: list, one, form. */
import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listChoices } from '#/plans/choices.ts';
import { findClient } from '#/plans/clients.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { Work } from '#/plans/work.ts';
import type { Problem } from '../http/problems.ts';
import { etagOf, page, type Route, type Typed } from '../http/route.ts';
import { OfClient, One } from '../http/shapes.ts';
import { holds, PageNumber, partOf } from '../routes/parts.ts';
import { form } from '../views.ts';
import { cellsOf } from './cells.ts';
import { differencesOf } from './differences.ts';
import { AsTyped, closeRows, type Field, fillForm, type Writing } from './field.ts';
import { inputsOf, labelled } from './inputs.ts';
import {
  type AnyNoun,
  actionFields,
  changeInputOf,
  choicesOf,
  factsOf,
  type Kept,
  type NounAction,
  shownOf,
  valuesOf,
} from './noun.ts';
import { parseForm } from './parse-form.ts';
import { toldNaming, toldRows } from './told.ts';
import type { RecordFormView, RecordListView, RecordView } from './views.ts';

export function pagesOf(noun: AnyNoun): Route[] {
  const { path, add, change, remove, input, find, findForChange = find } = noun;
  const listHref = (client: string) => `/clients/${client}/${path}`;
  const routes: Route[] = [
    page({
      method: 'get',
      path: `/clients/:client/${path}`,
      summary: `List: ${path}`,
      params: OfClient,
      query: z.object({ search: z.string().max(200).default(''), page: PageNumber, told: PageNumber }),
      run: async ({ work, params: { client }, query }) => ({
        show: 'records/list',
        data: await listView(noun, work, client, query),
      }),
    }),
    page({
      method: 'get',
      path: `/${path}/:id`,
      summary: `One: ${path}`,
      params: One,
      query: z.object({ saved: z.string().optional() }),
      run: async ({ work, params: { id }, query: { saved } }) => ({
        show: 'records/show',
        data: { ...(await showView(noun, work, await find(work, id))), isSaved: saved !== undefined },
      }),
    }),
  ];
  if (add && input)
    routes.push(
      page({
        method: 'get',
        path: `/clients/:client/${path}/new`,
        summary: `Form: ${path}`,
        params: OfClient,
        query: AsTyped,
        run: async ({ work, locale, params: { client }, query }) => ({
          show: 'records/edit',
          data: await newView(noun, work, locale, client, { asked: query, refused: null }),
        }),
      }),
      page({
        method: 'post',
        path: `/clients/:client/${path}`,
        summary: `Add: ${path}`,
        params: OfClient,
        body: AsTyped,
        run: async ({ work, params: { client }, body }) => {
          const { timeZone } = await findClient(work, client);
          const { id } = await add(work, client, parseForm(noun.fields, input, body, timeZone));
          return { goTo: `/${path}/${id}?saved` };
        },
        again: async ({ work, locale, params: { client }, typed, problem }) => ({
          show: 'records/edit',
          data: await newView(noun, work, locale, client, { asked: {}, refused: { typed, problem } }),
        }),
      }),
    );
  const changeInput = changeInputOf(noun);
  if (change && changeInput)
    routes.push(
      page({
        method: 'get',
        path: `/${path}/:id/edit`,
        summary: `Form: ${path}`,
        params: One,
        run: async ({ work, locale, params: { id } }) => {
          const item = await find(work, id);
          if (!isOpen(noun, item)) return { goTo: `/${path}/${id}` };
          return { show: 'records/edit', data: await editView(noun, work, locale, item) };
        },
      }),
      page({
        method: 'post',
        path: `/${path}/:id`,
        summary: `Change: ${path}`,
        params: One,
        body: AsTyped,
        current: ({ work, params: { id } }) => findForChange(work, id),
        run: async ({ work, params: { id }, body }) => {
          const { timeZone } = await findClient(work, (await find(work, id)).client);
          await change(work, id, parseForm(changedIn(noun), changeInput, body, timeZone));
          return { goTo: `/${path}/${id}?saved` };
        },
        again: async ({ work, locale, params: { id }, typed, problem }) => ({
          show: 'records/edit',
          data: await editView(noun, work, locale, await find(work, id), { typed, problem }),
        }),
      }),
    );
  if (remove)
    routes.push(
      page({
        method: 'post',
        path: `/${path}/:id/removal`,
        summary: `Remove: ${path}`,
        params: One,
        current: ({ work, params: { id } }) => findForChange(work, id),
        run: async ({ work, params: { id } }) => {
          const { client } = await find(work, id);
          await remove(work, id);
          return { goTo: listHref(client) };
        },
        again: async ({ work, params: { id }, problem }) => ({
          show: 'records/show',
          data: await showView(noun, work, await find(work, id), {
            action: 'removal',
            typed: {},
            problem,
          }),
        }),
      }),
    );
  for (const { name, run } of noun.listActions ?? [])
    routes.push(
      page({
        method: 'post',
        path: `/clients/:client/${path}/${name}`,
        summary: `${name}: ${path}`,
        params: OfClient,
        run: async ({ work, params: { client } }) => {
          await run(work, client);
          return { goTo: listHref(client) };
        },
      }),
    );
  return [...routes, ...(noun.actions ?? []).map((action) => actionPage(noun, action))];
}

// biome-ignore lint/suspicious/noExplicitAny: the list of actions forgets the shape
function actionPage(noun: AnyNoun, action: NounAction<any>): Route {
  const { path, find, findForChange = find } = noun;
  return page({
    method: 'post',
    path: `/${path}/:id/${action.name}`,
    summary: `${action.name}: ${path}`,
    params: One,
    body: AsTyped,
    current: ({ work, params: { id } }) => findForChange(work, id),
    run: async ({ work, params: { id }, body }) => {
      const item = await find(work, id);
      const { timeZone } = await findClient(work, item.client);
      await action.run(work, id, parseForm(actionFields(action, item), action.input, body, timeZone));
      return { goTo: `/${path}/${id}?saved` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'records/show',
      data: await showView(noun, work, await find(work, id), { action: action.name, typed, problem }),
    }),
  });
}

async function listView(
  noun: AnyNoun,
  work: Work,
  clientId: string,
  { search, page: asked, told }: { search: string; page: number; told: number },
): Promise<RecordListView> {
  const client = await findClient(work, clientId);
  const columns = noun.columns.map((name) => shownOf(noun).find((field) => field.name === name)!);
  const choices = await listChoices(work, clientId, choicesOf(columns));
  const all = await noun.list(work, clientId);
  const found = all.filter((item) => holds(search)(noun.titleOf(item)));
  const listHref = `/clients/${clientId}/${noun.path}`;
  const hrefTo = (part: { page?: number; told?: number }) =>
    `${listHref}?${new URLSearchParams({ search, page: `${part.page ?? asked}`, told: `${part.told ?? told}` })}`;
  const part = partOf(found, asked, (number) => hrefTo({ page: number }));
  const toldOnes = await toldRows(noun, work, clientId, columns);
  return {
    ...namesOf(noun, client),
    search,
    columns: columns.map(({ name }) => `${noun.name}.field.${name}`),
    records: {
      ...part,
      items: part.items.map((item) => ({
        href: noun.hrefOf?.(item) ?? `/${noun.path}/${item.id}`,
        title: noun.titleOf(item),
        cells: cellsOf(columns, valuesOf(noun, item), noun.name, choices),
      })),
    },
    told: partOf(
      toldOnes.filter(({ title }) => holds(search)(title)),
      told,
      (number) => `${hrefTo({ told: number })}#told`,
    ),
    addHref: noun.add && may(work, noun.right) ? `${listHref}/new` : null,
    actions: (noun.listActions ?? [])
      .filter(({ right, isOffered }) => may(work, right) && isOffered(all))
      .map(({ name }) => ({ name, href: `${listHref}/${name}` })),
  };
}

/** A form that was refused, and what was typed in it. */
interface Refused {
  typed: Typed;
  problem: Problem;
}

async function showView(
  noun: AnyNoun,
  work: Work,
  item: Kept,
  refused: (Refused & { action: string }) | null = null,
): Promise<RecordView> {
  const client = await findClient(work, item.client);
  const actions = (noun.actions ?? []).filter(
    (action) => may(work, action.right) && action.isOffered(item, work),
  );
  const parts = (await noun.parts?.(work, item)) ?? [];
  const asked: Field[] = [
    ...shownOf(noun),
    ...actions.flatMap((action) => actionFields(action, item)),
    ...parts.flatMap(({ columns }) => columns),
  ];
  const choices = await listChoices(work, client.id, choicesOf(asked));
  const mayChange = may(work, noun.right) && isOpen(noun, item);
  const own = `/${noun.path}/${item.id}`;
  return {
    ...namesOf(noun, client),
    title: noun.titleOf(item),
    isSaved: false,
    notices: [
      ...(refused?.action === 'removal'
        ? [
            {
              kind: 'danger' as const,
              reason: { key: 'record.refused', params: { why: refused.problem.detail } },
            },
          ]
        : []),
      ...((await noun.notices?.(work, item)) ?? []),
    ],
    facts: cellsOf(factsOf(noun, item), valuesOf(noun, item), noun.name, choices),
    figures: (await noun.figures?.(work, item)) ?? [],
    version: etagOf(item),
    editHref: noun.change && mayChange ? `${own}/edit` : null,
    removeHref: noun.remove && mayChange ? `${own}/removal` : null,
    actions: actions.map((action) => {
      const isOpen = refused?.action === action.name;
      const typed = isOpen ? refused.typed : {};
      const filled = form(typed, isOpen ? refused.problem : null);
      const inputs = inputsOf(actionFields(action, item), {
        words: `${noun.name}.${action.name}`,
        typed,
        choices,
        errors: filled.errors,
      });
      return {
        name: action.name,
        href: `${own}/${action.name}`,
        isFinal: action.isFinal === true,
        inputs,
        form: labelled(filled, inputs),
        isOpen: isOpen || action.isAwaited === true,
      };
    }),
    parts: parts.map(({ name, columns, rows, addHref = null }) => ({
      name,
      columns: columns.map((column) => `${name}.field.${column.name}`),
      rows: rows.map(({ href, hrefs = {}, values, as = {} }) => ({
        href,
        cells: cellsOf(
          columns.map((column) => as[column.name] ?? column),
          values,
          name,
          choices,
        ).map((cell, place) => ({
          ...cell,
          href: place === 0 && href ? null : (hrefs[columns[place]!.name] ?? cell.href),
        })),
      })),
      addHref,
    })),
    told: await toldNaming(work, client.id, item.id),
  };
}

async function newView(
  noun: AnyNoun,
  work: Work,
  locale: Locale,
  clientId: string,
  { asked, refused }: { asked: Typed; refused: Refused | null },
): Promise<RecordFormView> {
  const client = await findClient(work, clientId);
  const listHref = `/clients/${clientId}/${noun.path}`;
  const start = refused
    ? closeRows(noun.fields, refused.typed)
    : {
        ...fillForm(noun.fields, (await noun.start?.(work, clientId)) ?? {}, writingOf(client, locale)),
        ...asked,
      };
  return {
    ...(await formView(noun, noun.fields, work, client, start, refused)),
    title: null,
    action: listHref,
    version: null,
    differences: [],
    backHref: listHref,
  };
}

async function editView(
  noun: AnyNoun,
  work: Work,
  locale: Locale,
  item: Kept,
  refused: Refused | null = null,
): Promise<RecordFormView> {
  const client = await findClient(work, item.client);
  const fields = changedIn(noun);
  const writing = writingOf(client, locale);
  const recorded = fillForm(fields, { ...item, ...noun.formOf?.(item, writing) }, writing);
  const typed = refused && closeRows(fields, refused.typed);
  const isStale = refused?.problem.key === 'http.changed-meanwhile';
  return {
    ...(await formView(noun, fields, work, client, typed ?? recorded, refused)),
    title: noun.titleOf(item),
    action: `/${noun.path}/${item.id}`,
    version: etagOf(item),
    differences: isStale && typed ? differencesOf(noun.fields, noun.name, recorded, typed) : [],
    backHref: `/${noun.path}/${item.id}`,
  };
}

async function formView(
  noun: AnyNoun,
  fields: Field[],
  work: Work,
  client: Awaited<ReturnType<typeof findClient>>,
  typed: Typed,
  refused: Refused | null,
) {
  const choices = await listChoices(work, client.id, choicesOf(fields));
  const filled = form(typed, refused?.problem ?? null);
  const inputs = inputsOf(fields, { words: noun.name, typed, choices, errors: filled.errors });
  return { ...namesOf(noun, client), inputs, form: labelled(filled, inputs) };
}

const isOpen = (noun: AnyNoun, item: Kept): boolean => noun.isOpen?.(item) ?? true;

/** What a form for one that is there asks. */
const changedIn = ({ fields }: AnyNoun): Field[] => fields.filter(({ once }) => once !== true);

const namesOf = (noun: AnyNoun, client: Awaited<ReturnType<typeof findClient>>) => ({
  client,
  noun: noun.name,
  tab: noun.tab,
  listHref: `/clients/${client.id}/${noun.path}`,
});

const writingOf = ({ timeZone }: { timeZone: string }, locale: Locale): Writing => ({
  zone: timeZone,
  day: locale === 'fr' ? 'j' : 'd',
  hour: locale === 'nl' ? 'u' : 'h',
  byte: locale === 'fr' ? 'o' : 'B',
});
