/** The JSON interface of a noun. */
import { z } from 'zod';
import { api, type Route } from '../http/route.ts';
import { listOf, Nothing, OfClient, One, whole } from '../http/shapes.ts';
import { type AnyNoun, changeInputOf, type NounAction } from './noun.ts';

/** `phrase` names one and many in the summaries, in English: `['site', 'sites']`. */
export function apiOf(noun: AnyNoun, [one, many]: [one: string, many: string]): Route[] {
  const { item, input, path, find, findForChange = find } = noun;
  const current = ({ work, params: { id } }: { work: Parameters<typeof find>[0]; params: { id: string } }) =>
    findForChange(work, id);
  const routes: Route[] = [
    api({
      method: 'get',
      path: `/clients/:client/${path}`,
      summary: `All ${many} of a client`,
      params: OfClient,
      output: listOf(item),
      run: async ({ work, params: { client } }) => whole(await noun.list(work, client)),
    }),
    api({
      method: 'get',
      path: `/${path}/:id`,
      summary: `One ${one}`,
      params: One,
      output: item,
      run: ({ work, params: { id } }) => find(work, id),
    }),
  ];
  const { add, change, remove } = noun;
  if (add && input)
    routes.push(
      api({
        method: 'post',
        path: `/clients/:client/${path}`,
        summary: `Add: ${one}`,
        params: OfClient,
        body: input,
        output: item,
        status: 201,
        run: ({ work, params: { client }, body }) => add(work, client, body),
      }),
    );
  const changeInput = changeInputOf(noun);
  if (change && changeInput)
    routes.push(
      api({
        method: 'put',
        path: `/${path}/:id`,
        summary: `Change: ${one}`,
        params: One,
        body: changeInput,
        output: item,
        current,
        run: ({ work, params: { id }, body }) => change(work, id, body),
      }),
    );
  if (remove)
    routes.push(
      api({
        method: 'delete',
        path: `/${path}/:id`,
        summary: `Remove: ${one}`,
        params: One,
        output: Nothing,
        status: 204,
        current,
        run: async ({ work, params: { id } }) => {
          await remove(work, id);
          return {};
        },
      }),
    );
  for (const { name, run } of noun.listActions ?? [])
    routes.push(
      api({
        method: 'post',
        path: `/clients/:client/${path}/${name}`,
        summary: `${many}: ${name}`,
        params: OfClient,
        output: listOf(item),
        run: async ({ work, params: { client } }) => {
          await run(work, client);
          return whole(await noun.list(work, client));
        },
      }),
    );
  return [...routes, ...(noun.actions ?? []).map((action) => actionRoute(noun, action, one))];
}

const actionRoute = (
  { item, path, find, findForChange = find }: AnyNoun,
  // biome-ignore lint/suspicious/noExplicitAny: the list of actions forgets the shape
  { name, input, run }: NounAction<any>,
  one: string,
): Route =>
  api({
    method: 'post',
    path: `/${path}/:id/${name}`,
    summary: `${one}: ${name}`,
    params: One,
    body: z.preprocess((body) => body ?? {}, input),
    output: item,
    current: ({ work, params: { id } }) => findForChange(work, id),
    run: async ({ work, params: { id }, body }) => {
      await run(work, id, body);
      return find(work, id);
    },
  });
