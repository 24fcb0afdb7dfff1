import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { record } from '#/plans/audit.ts';
import { canonical, sha256 } from '#/plans/canonical.ts';
import { Refusal } from '#/plans/errors.ts';
import { once } from '#/plans/idempotency.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { Work } from '#/plans/work.ts';
import { refuseUnlessConfirmed } from './confirming.ts';
import type { Problem } from './problems.ts';

type Schema = z.ZodType;
const Nothing = z.object({});

/** One request, read and checked. */
export interface Call<Params extends Schema, Query extends Schema, Body extends Schema> {
  work: Work;
  locale: Locale;
  /** Hash of the session that asks; null where a token does. */
  session: string | null;
  params: z.output<Params>;
  query: z.output<Query>;
  body: z.output<Body>;
}

interface Declared<Params extends Schema, Query extends Schema, Body extends Schema> {
  method: 'get' | 'post' | 'put' | 'delete';
  path: string;
  summary: string;
  params?: Params;
  query?: Query;
  body?: Body;
  /** A file is sent to it instead of JSON or a form: its body is `SentFile` of `files.ts`. */
  takesFile?: boolean;
  /** What it does is worth stealing an open browser for: its person shows who they are once more, unless they just did. */
  needsConfirming?: boolean;
}

/** What a page's `run` answers: a page to show, a place to go, or a file to hand out. */
export type Shown = { show: string; data: object; status?: number };
export type PageAnswer =
  | Shown
  | { goTo: string }
  | { download: { name: string; type: string; read: () => Promise<Buffer> } };

/** What a form sent: a text for each field, and a list where one field was sent more than once. */
export type Typed = Record<string, string | string[]>;

/** A form that was refused: what was typed, and the sentence for each field. Everything typed is kept. */
export interface RefusedForm<Params extends Schema> {
  work: Work;
  locale: Locale;
  params: z.output<Params>;
  typed: Typed;
  problem: Problem;
}

// Routes of many shapes stand in one list: what their schemas make of a request is known to each route alone.
// biome-ignore lint/suspicious/noExplicitAny: the list forgets the shape, the route keeps it
type AnyCall = Call<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: likewise
type AnyForm = RefusedForm<any>;

/** One address of the service. Its schemas check what comes in, and make the OpenAPI document. */
export interface Route extends Required<Declared<Schema, Schema, Schema>> {
  kind: 'api' | 'page';
  /** What `run` answers; null for pages, which are left out of the OpenAPI document, and for bare downloads. */
  output: Schema | null;
  status: number;
  /** The request starts work: it may carry an Idempotency-Key. */
  startsWork: boolean;
  /** For editing: the present state, whose ETag an If-Match must name. */
  current: ((call: AnyCall) => Promise<unknown>) | null;
  run(call: AnyCall): Promise<unknown>;
  again: ((form: AnyForm) => Promise<Shown>) | null;
}

/** An address of the JSON interface: what `run` returns is the answer. */
export function api<
  Output extends Schema,
  Params extends Schema = typeof Nothing,
  Query extends Schema = typeof Nothing,
  Body extends Schema = typeof Nothing,
>(
  route: Declared<Params, Query, Body> & {
    output: Output;
    status?: number;
    startsWork?: boolean;
    current?: (call: Call<Params, Query, Body>) => Promise<unknown>;
    run(call: Call<Params, Query, Body>): Promise<z.input<Output>>;
  },
): Route {
  return {
    params: Nothing,
    query: Nothing,
    body: Nothing,
    status: 200,
    startsWork: false,
    takesFile: false,
    needsConfirming: false,
    current: null,
    ...route,
    kind: 'api',
    again: null,
    path: `/api/v1${route.path}`,
  };
}

/**
 * An address for people. `again` shows a refused form once more, with what was typed and what was wrong. A form that
 * changes what `current` reads says in its field `version` which state it was filled in from.
 */
export function page<
  Params extends Schema = typeof Nothing,
  Query extends Schema = typeof Nothing,
  Body extends Schema = typeof Nothing,
>(
  route: Declared<Params, Query, Body> & {
    current?: (call: Call<Params, Query, Body>) => Promise<unknown>;
    run(call: Call<Params, Query, Body>): Promise<PageAnswer>;
    again?: (form: RefusedForm<Params>) => Promise<Shown>;
  },
): Route {
  return {
    params: Nothing,
    query: Nothing,
    body: Nothing,
    takesFile: false,
    needsConfirming: false,
    again: null,
    current: null,
    ...route,
    kind: 'page',
    output: null,
    status: 200,
    startsWork: false,
  };
}

/** How the application puts a route's work into a transaction, and its answer onto the wire. */
export interface Mounting {
  /** Runs one request's work in a transaction: who asks, for which provider and clients. */
  begin: <T>(request: Request, run: (work: Work, locale: Locale) => Promise<T>) => Promise<T>;
  /** Turns a refusal into words, or throws on what is not one. */
  explain: (error: unknown, locale: Locale) => Problem;
  show: (request: Request, response: Response, shown: Shown) => void;
}

/** Puts routes on an app. The answer is sent after the transaction has been committed. */
export function mount(app: Express, routes: readonly Route[], mounting: Mounting) {
  for (const route of routes) {
    app[route.method](route.path, async (request, response) => {
      try {
        const answer = await mounting.begin(request, (work, locale) =>
          runRoute(route, request, work, locale),
        );
        await send(route, request, response, answer, mounting);
      } catch (error) {
        if (!route.again) throw error;
        mounting.show(request, response, await showAgain(route, request, error, mounting));
      }
    });
  }
}

/** Also for tests that try addresses without a connection. */
export async function runRoute(route: Route, request: Request, work: Work, locale: Locale): Promise<unknown> {
  if (route.needsConfirming) refuseUnlessConfirmed(request, work.now);
  const call = {
    work,
    locale,
    session: request.admitted?.session ?? null,
    params: parseParams(route, request),
    query: route.query.parse(request.query),
    body: route.body.parse(request.body ?? {}),
  };
  if (route.current) refuseStale(expectedBy(route, request), await route.current(call));
  const key = route.startsWork ? request.get('idempotency-key') : undefined;
  if (!key) return noteDownload(work, request, await route.run(call));
  return once(work, key, { path: request.path, body: call.body }, () => route.run(call));
}

async function noteDownload(work: Work, request: Request, answer: unknown): Promise<unknown> {
  if (isDownload(answer))
    await record(
      work,
      'file.downloaded',
      { kind: 'file', id: request.path, client: clientOf(request) },
      { name: answer.download.name },
    );
  return answer;
}

/** By now the route has found the client, or refused. */
const clientOf = ({ params: { client } }: Request) => (typeof client === 'string' ? client : null);

const isDownload = (answer: unknown): answer is Extract<PageAnswer, { download: unknown }> =>
  typeof answer === 'object' && answer !== null && 'download' in answer;

/** An id that is not even an id names nothing: not found, and not a mistake in a form. */
function parseParams(route: Route, request: Request): unknown {
  const { success, data } = route.params.safeParse(request.params);
  if (!success) throw new Refusal('not-found', 'not-found.page');
  return data;
}

/** The state that the request was made from: programs say it in a header, forms in a field. */
const expectedBy = ({ kind }: Route, request: Request): string | undefined =>
  kind === 'api' ? request.get('if-match') : typedIn(request.body).version?.toString();

function refuseStale(expected: string | undefined, current: unknown) {
  if (expected && expected !== '*' && expected !== etagOf(current))
    throw new Refusal('conflict', 'http.changed-meanwhile');
}

/** Entity tag of a JSON answer. */
export const etagOf = (answer: unknown) => `"${sha256(canonical(answer ?? null)).slice(0, 32)}"`;

async function send(route: Route, request: Request, response: Response, answer: unknown, { show }: Mounting) {
  if (route.kind === 'api') {
    response.set('etag', etagOf(answer));
    if (route.status === 204) return void response.status(204).end();
    // Some answers tell a secret once; none is worth a stale copy.
    return void response.status(route.status).set('cache-control', 'no-store').json(answer);
  }
  const result = answer as PageAnswer;
  if ('goTo' in result) return response.redirect(303, result.goTo);
  if ('download' in result) {
    const { name, type, read } = result.download;
    const body = await read(); // minutes away perhaps: the transaction is over
    return void response.attachment(name).type(type).send(body);
  }
  show(request, response, result);
}

/** The first transaction is gone, so the form is read again in one of its own. */
async function showAgain(
  route: Route,
  request: Request,
  error: unknown,
  { begin, explain }: Mounting,
): Promise<Shown> {
  return begin(request, async (work, locale) => {
    const problem = explain(error, locale);
    if (problem.status !== 422 && problem.status !== 409) throw error;
    const params = parseParams(route, request);
    const shown = await route.again?.({ work, locale, params, typed: typedIn(request.body), problem });
    if (!shown) throw error;
    return { ...shown, status: problem.status };
  });
}

function typedIn(body: unknown): Typed {
  const entries = Object.entries((body ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string | string[]] => isTyped(entry[1])),
  );
}

const isTyped = (value: unknown) =>
  typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'));
