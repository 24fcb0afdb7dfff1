/** Who is told of alerts: routes, channels, and what nobody would hear. */
import { z } from 'zod';
import { may } from '#/plans/access.ts';
import {
  type AlertChannel,
  addAlertChannel,
  CHANNEL_KINDS,
  changeAlertChannel,
  findAlertChannel,
  findAlertChannelForChange,
  listAlertChannels,
  NewAlertChannel,
  removeAlertChannel,
} from '#/plans/alerts/channels.ts';
import { ALERT_RULES, ALERT_SEVERITIES } from '#/plans/alerts/condition.ts';
import { type AlertDelivery, listTests, listTroubled } from '#/plans/alerts/deliveries.ts';
import { reachOf } from '#/plans/alerts/recipients.ts';
import { type AlertRoute, NewAlertRoute, PACES } from '#/plans/alerts/route-shape.ts';
import {
  addAlertRoute,
  changeAlertRoute,
  findAlertRoute,
  findAlertRouteForChange,
  listAlertRoutes,
  removeAlertRoute,
} from '#/plans/alerts/routes.ts';
import { testChannel, testRoute } from '#/plans/alerts/tests.ts';
import { clientNames, rulesOf, unheardOf } from '#/plans/alerts/unheard.ts';
import { LOCALES } from '#/plans/reports/head.ts';
import type { Work } from '#/plans/work.ts';
import type { Problem } from '../http/problems.ts';
import { etagOf, page, type Route, type Typed } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { One } from '../http/shapes.ts';
import { differencesOf } from '../records/differences.ts';
import { AsTyped, type Field, fillForm } from '../records/field.ts';
import { inputsOf, labelled } from '../records/inputs.ts';
import { parseForm } from '../records/parse-form.ts';
import type { AlertSettingsView, AlertSettingView } from '../views/alerts.ts';
import { form } from '../views.ts';

/** Nothing here is a moment or a size, and a time is typed with `h` or `min` in every language. */
const WRITING = { zone: 'UTC', day: 'd', byte: 'B' } as const;

/** What is done with routes and with channels, each in its own way. */
interface Setting<Kept extends { id: string; name: string }, New> {
  noun: AlertSettingView['noun'];
  path: string;
  schema: z.ZodType<New>;
  /** `kept`: null while it is added; then some things are settled for good. */
  fields(work: Work, kept: Kept | null): Promise<Field[]>;
  /** What is not asked any more once it is there. */
  settled(kept: Kept): Record<string, unknown>;
  start: Record<string, unknown>;
  find(work: Work, id: string): Promise<Kept>;
  findForChange(work: Work, id: string): Promise<Kept>;
  add(work: Work, input: New): Promise<Kept & { secret?: string | null }>;
  change(work: Work, id: string, input: New): Promise<unknown>;
  remove(work: Work, id: string): Promise<unknown>;
  test(work: Work, id: string): Promise<void>;
  tests(work: Work, id: string): Promise<AlertDelivery[]>;
}

const routes: Setting<AlertRoute, NewAlertRoute> = {
  noun: 'alert-route',
  path: '/alert-routes',
  schema: NewAlertRoute,
  fields: async (work) => [
    { name: 'name', kind: 'line' },
    await clientField(work),
    {
      name: 'leastSeverity',
      kind: 'choice',
      values: ALERT_SEVERITIES.toReversed(),
      words: 'alert-severity',
    },
    { name: 'rules', kind: 'choices', values: ALERT_RULES, words: 'alert-rule', optional: true },
    {
      name: 'recipients',
      kind: 'rows',
      fields: [
        { name: 'to', kind: 'among', among: await everybody(work) },
        { name: 'isDeputy', kind: 'tick' },
        { name: 'timeZone', kind: 'line', max: 100, optional: true },
      ],
    },
    { name: 'pace', kind: 'choice', values: PACES, words: 'alert-pace' },
    { name: 'quietFrom', kind: 'line', max: 5, optional: true },
    { name: 'quietUntil', kind: 'line', max: 5, optional: true },
    { name: 'isQuietAtWeekends', kind: 'tick' },
    { name: 'doesCriticalPass', kind: 'tick' },
    { name: 'escalateAfterSeconds', kind: 'duration', optional: true },
    { name: 'isEnabled', kind: 'tick' },
  ],
  settled: () => ({}),
  start: { leastSeverity: 'notice', pace: 'at-once', doesCriticalPass: true, isEnabled: true },
  find: findAlertRoute,
  findForChange: findAlertRouteForChange,
  add: addAlertRoute,
  change: changeAlertRoute,
  remove: removeAlertRoute,
  test: testRoute,
  tests: (work, route) => listTests(work, { route, to: null }),
};

const channels: Setting<AlertChannel, NewAlertChannel> = {
  noun: 'alert-channel',
  path: '/alert-channels',
  schema: NewAlertChannel,
  fields: async (work, kept) => [
    { name: 'name', kind: 'line' },
    ...(kept
      ? []
      : [
          await clientField(work),
          {
            name: 'kind',
            kind: 'choice' as const,
            values: CHANNEL_KINDS,
            words: 'alert-channel-kind',
          },
        ]),
    { name: 'address', kind: 'line', max: 2000, optional: kept !== null },
    { name: 'locale', kind: 'choice', values: LOCALES, words: 'locale' },
  ],
  settled: ({ client, kind }) => ({ client, kind }),
  start: { kind: 'webhook', locale: 'fr' },
  find: findAlertChannel,
  findForChange: findAlertChannelForChange,
  add: addAlertChannel,
  change: changeAlertChannel,
  remove: removeAlertChannel,
  test: testChannel,
  tests: (work, id) => listTests(work, { route: null, to: `channel:${id}` }),
};

export const alertSettingsPages = ({ settings }: Pick<Services, 'settings'>): Route[] => [
  page({
    method: 'get',
    path: '/alert-settings',
    summary: 'Who is told of alerts',
    run: async ({ work }) => ({ show: 'alerts/settings', data: await overview(work, settings) }),
  }),
  ...pagesOf(routes),
  ...pagesOf(channels),
];

function pagesOf<Kept extends { id: string; name: string }, New>(setting: Setting<Kept, New>): Route[] {
  const { path } = setting;
  const current = ({ work, params: { id } }: { work: Work; params: { id: string } }) =>
    setting.findForChange(work, id);
  const parsed = async (work: Work, typed: Typed, kept: Kept | null) => {
    const settled = kept ? setting.settled(kept) : {};
    const schema = z.preprocess((read) => ({ ...(read as object), ...settled }), setting.schema);
    return parseForm(await setting.fields(work, kept), schema, typed, WRITING.zone);
  };
  const shownAgain = async (work: Work, id: string | null, typed: Typed, problem: Problem) => ({
    show: 'alerts/edit',
    data: await editView(work, setting, { id, typed, problem }),
  });
  return [
    page({
      method: 'get',
      path: `${path}/new`,
      summary: `Form: ${setting.noun}`,
      run: async ({ work }) => ({
        show: 'alerts/edit',
        data: await editView(work, setting, { typed: await filled(work, setting, setting.start) }),
      }),
    }),
    page({
      method: 'post',
      path,
      summary: `Add: ${setting.noun}`,
      body: AsTyped,
      run: async ({ work, body }) => {
        const { id, secret } = await setting.add(work, await parsed(work, body, null));
        if (!secret) return { goTo: `${path}/${id}?saved` };
        return { show: 'alerts/edit', data: { ...(await editView(work, setting, { id })), secret } };
      },
      again: ({ work, typed, problem }) => shownAgain(work, null, typed, problem),
    }),
    page({
      method: 'get',
      path: `${path}/:id`,
      summary: `One ${setting.noun}, with its form and its tests`,
      params: One,
      query: z.object({ saved: z.string().optional() }),
      run: async ({ work, params: { id }, query: { saved } }) => ({
        show: 'alerts/edit',
        data: { ...(await editView(work, setting, { id })), isSaved: saved !== undefined },
      }),
    }),
    page({
      method: 'post',
      path: `${path}/:id`,
      summary: `Change: ${setting.noun}`,
      params: One,
      body: AsTyped,
      current,
      run: async ({ work, params: { id }, body }) => {
        await setting.change(work, id, await parsed(work, body, await setting.find(work, id)));
        return { goTo: `${path}/${id}?saved` };
      },
      again: ({ work, params: { id }, typed, problem }) => shownAgain(work, id, typed, problem),
    }),
    page({
      method: 'post',
      path: `${path}/:id/removal`,
      summary: `Remove: ${setting.noun}`,
      params: One,
      current,
      run: async ({ work, params: { id } }) => {
        await setting.remove(work, id);
        return { goTo: '/alert-settings' };
      },
      again: async ({ work, params: { id }, problem }) => ({
        show: 'alerts/edit',
        data: { ...(await editView(work, setting, { id })), refusal: problem.detail },
      }),
    }),
    page({
      method: 'post',
      path: `${path}/:id/tests`,
      summary: `Send a test: ${setting.noun}`,
      params: One,
      run: async ({ work, params: { id } }) => {
        await setting.test(work, id);
        return { goTo: `${path}/${id}#tests` };
      },
    }),
  ];
}

async function editView<Kept extends { id: string; name: string }, New>(
  work: Work,
  setting: Setting<Kept, New>,
  { id = null, typed, problem = null }: { id?: string | null; typed?: Typed; problem?: Problem | null },
): Promise<AlertSettingView> {
  const { noun, path } = setting;
  const kept = id === null ? null : await setting.find(work, id);
  const recorded = kept ? await filled(work, setting, kept) : {};
  const fields = await setting.fields(work, kept);
  const shown = form(typed ?? recorded, problem);
  const inputs = inputsOf(fields, { words: noun, typed: shown.typed, choices: {}, errors: shown.errors });
  const tests = id === null ? [] : await setting.tests(work, id);
  return {
    noun,
    path,
    setting: kept && { id: kept.id, name: kept.name },
    version: kept && etagOf(kept),
    inputs,
    form: labelled(shown, inputs),
    differences:
      kept && problem?.key === 'http.changed-meanwhile'
        ? differencesOf(fields, noun, recorded, shown.typed)
        : [],
    tests,
    isUnderWay: tests.some(
      ({ state, dueAt }) =>
        state === 'sending' || (state === 'waiting' && Date.parse(dueAt) <= work.now.getTime()),
    ),
    mayChange: may(work, 'alert-route.change'),
    isSaved: false,
    secret: null,
    refusal: null,
  };
}

const filled = async <Kept extends { id: string; name: string }, New>(
  work: Work,
  { fields }: Setting<Kept, New>,
  recorded: object,
): Promise<Typed> => fillForm(await fields(work, null), { ...recorded }, WRITING);

async function clientField(work: Work): Promise<Field> {
  return {
    name: 'client',
    kind: 'among',
    among: await clientNames(work),
    optional: true,
  };
}

/** People, contacts and channels by name, and by what tells two of a name apart. */
async function everybody(work: Work) {
  const names = new Map((await clientNames(work)).map(({ id, name }) => [id, name]));
  return [...(await reachOf(work)).values()]
    .filter(({ trouble }) => trouble === null || trouble === 'no-mail')
    .map(({ to, name, mail, client }) => {
      const more = [client === null ? null : names.get(client), mail].filter((text) => text !== null);
      return { id: to, name: [name, ...more].join(' · ') };
    });
}

async function overview(work: Work, { mail, http }: Services['settings']): Promise<AlertSettingsView> {
  const clients = await clientNames(work);
  const names = new Map(clients.map(({ id, name }) => [id, name]));
  const named = <One extends { client: string | null }>(one: One) => ({
    ...one,
    clientName: one.client === null ? null : (names.get(one.client) ?? null),
  });
  const known = await listAlertRoutes(work);
  const unheard = unheardOf(clients, { routes: known, reach: await reachOf(work), hasRelay: mail !== null });
  const alike = Map.groupBy(unheard, ({ severity, rules }) => `${severity} ${rules.join(' ')}`);
  return {
    relay: mail && { host: new URL(mail.relay).host, from: mail.from },
    hasAddress: http.publicUrl !== null,
    unheard: [...alike.values()].map((group) => ({
      clients: group.map(({ client }) => client.name),
      severity: group[0]!.severity,
      rules: group[0]!.rules,
      isEveryRule: group[0]!.rules.length === rulesOf(group[0]!.severity).length,
    })),
    routes: known.map(named),
    channels: (await listAlertChannels(work)).map(named),
    troubled: await listTroubled(work),
    mayChange: may(work, 'alert-route.change'),
  };
}
