/** Single sign-on of the provider: its settings, and whether they lead anywhere. */
import { z } from 'zod';
import { listClientNames } from '#/plans/clients.ts';
import { invalid, notFound } from '#/plans/errors.ts';
import {
  findSignOn,
  findSignOnAtDoor,
  type GroupRole,
  MAPPED_ROLES,
  removeSignOn,
  SignOn,
  SignOnChange,
  writeSignOn,
} from '#/plans/single-sign-on/settings.ts';
import type { Work } from '#/plans/work.ts';
import { api, etagOf, page, type Typed } from '../http/route.ts';
import { addressOf, type Services } from '../http/services.ts';
import { Nothing } from '../http/shapes.ts';
import { BACK } from '../http/single-sign-on.ts';
import { Tried, trySignOn } from '../single-sign-on/try.ts';
import type { SingleSignOnView } from '../views/single-sign-on.ts';
import { type Form, form } from '../views.ts';

type Settled = Pick<Services, 'settings' | 'doorVault' | 'log'>;

const Ticked = z.literal('on').optional();
const TypedSignOn = z.object({
  name: z.string(),
  issuer: z.string(),
  oidcClient: z.string(),
  secret: z.string().default(''),
  domains: z.string(),
  groupClaim: z.string().default(''),
  groups: z.string().default(''),
  takesStrangers: Ticked,
  trustsFactor: Ticked,
  isOnlyWay: Ticked,
});
type TypedSignOn = z.infer<typeof TypedSignOn>;

const Done = z.enum(['saved']).nullable().catch(null).default(null);

export const singleSignOnApi = (services: Settled) => [
  api({
    method: 'get',
    path: '/single-sign-on',
    summary: 'How people of the provider come in by its OpenID provider',
    output: SignOn,
    run: ({ work }) => known(work),
  }),
  api({
    method: 'put',
    path: '/single-sign-on',
    summary: 'Set or change how people of the provider come in by its OpenID provider',
    body: SignOnChange,
    output: SignOn,
    needsConfirming: true,
    current: ({ work }) => findSignOn(work),
    run: ({ work, body }) => writeSignOn(work, body, sealing(services, work)),
  }),
  api({
    method: 'delete',
    path: '/single-sign-on',
    summary: 'Let people come in by passwords and passkeys alone again',
    output: Nothing,
    status: 204,
    needsConfirming: true,
    run: async ({ work }) => {
      await removeSignOn(work);
      return {};
    },
  }),
  api({
    method: 'post',
    path: '/single-sign-on/tries',
    summary: 'Ask the OpenID provider what it publishes of itself, and tell what is missing',
    output: Tried,
    run: ({ work }) => tried(services, work),
  }),
];

export const singleSignOnPages = (services: Settled) => [
  page({
    method: 'get',
    path: '/people/single-sign-on',
    summary: 'Single sign-on',
    query: z.object({ done: Done }),
    run: async ({ work, query: { done } }) => ({
      show: 'single-sign-on',
      data: await view(services, work, { done }),
    }),
  }),
  page({
    method: 'post',
    path: '/people/single-sign-on',
    summary: 'Set or change single sign-on',
    body: TypedSignOn,
    needsConfirming: true,
    current: ({ work }) => findSignOn(work),
    run: async ({ work, body }) => {
      await writeSignOn(work, SignOnChange.parse(await parsed(work, body)), sealing(services, work));
      return { goTo: '/people/single-sign-on?done=saved' };
    },
    again: async ({ work, typed, problem }) => ({
      show: 'single-sign-on',
      data: await view(services, work, { form: form(typed, problem) }),
      status: problem.status,
    }),
  }),
  page({
    method: 'post',
    path: '/people/single-sign-on/tries',
    summary: 'Try single sign-on',
    run: async ({ work }) => ({
      show: 'single-sign-on',
      data: await view(services, work, { tried: await tried(services, work) }),
    }),
  }),
  page({
    method: 'post',
    path: '/people/single-sign-on/removal',
    summary: 'Remove single sign-on',
    needsConfirming: true,
    run: async ({ work }) => {
      await removeSignOn(work);
      return { goTo: '/people/single-sign-on' };
    },
  }),
];

const sealing =
  ({ doorVault }: Settled, { provider }: Work) =>
  (secret: string) =>
    doorVault.seal(provider, 'single-sign-on', secret);

async function known(work: Work): Promise<SignOn> {
  const found = await findSignOn(work);
  if (!found) throw notFound('single-sign-on');
  return found;
}

async function tried({ settings, doorVault, log }: Settled, work: Work): Promise<Tried> {
  await known(work);
  const signOn = (await findSignOnAtDoor(work))!;
  const secret = doorVault.open(signOn.provider, 'single-sign-on', signOn.sealedSecret);
  return trySignOn({ signOn, secret, privateHosts: settings.privateHosts }, log);
}

async function view(
  { settings }: Settled,
  work: Work,
  {
    done = null,
    form: shown = null,
    tried: result = null,
  }: { done?: 'saved' | null; form?: Form | null; tried?: Tried | null },
): Promise<SingleSignOnView> {
  const found = await findSignOn(work);
  return {
    isSet: found !== null,
    back: addressOf(settings) + BACK,
    roles: MAPPED_ROLES,
    version: etagOf(found),
    form: shown ?? form(found ? await typedOf(work, found) : {}),
    tried: result,
    done,
  };
}

/** A line for each group: `group = role`, and for some clients alone `group = role : client, client`. */
async function parsed(work: Work, { domains, groups, ...typed }: TypedSignOn): Promise<unknown> {
  const names = new Map((await listClientNames(work)).map(({ id, name }) => [name.toLowerCase(), id]));
  return {
    ...typed,
    domains: domains.split(/[\s,;]+/).filter(Boolean),
    groups: linesOf(groups).map((line) => parseGroup(line, names)),
    takesStrangers: typed.takesStrangers === 'on',
    trustsFactor: typed.trustsFactor === 'on',
    isOnlyWay: typed.isOnlyWay === 'on',
  };
}

function parseGroup(line: string, names: ReadonlyMap<string, string>): GroupRole {
  const [left, ...clients] = line.split(':');
  const at = left!.lastIndexOf('=');
  const role = MAPPED_ROLES.find((one) => one === left!.slice(at + 1).trim());
  const group = left!.slice(0, Math.max(at, 0)).trim();
  if (!role || group === '') throw invalid('groups', 'single-sign-on.group-line', { line });
  const named = clients
    .join(':')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return {
    group,
    role,
    clients: named.length === 0 ? 'all' : named.map((name) => clientNamed(name, names)),
  };
}

function clientNamed(name: string, names: ReadonlyMap<string, string>): string {
  const id = names.get(name.toLowerCase());
  if (!id) throw invalid('groups', 'single-sign-on.no-such-client', { name });
  return id;
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

async function typedOf(work: Work, { domains, groups, groupClaim, ...signOn }: SignOn): Promise<Typed> {
  const names = new Map((await listClientNames(work)).map(({ id, name }) => [id, name]));
  const lineOf = ({ group, role, clients }: GroupRole) =>
    `${group} = ${role}${clients === 'all' ? '' : ` : ${clients.map((id) => names.get(id) ?? id).join(', ')}`}`;
  return {
    name: signOn.name,
    issuer: signOn.issuer,
    oidcClient: signOn.oidcClient,
    domains: domains.join('\n'),
    groupClaim: groupClaim ?? '',
    groups: groups.map(lineOf).join('\n'),
    ...(signOn.takesStrangers && { takesStrangers: 'on' }),
    ...(signOn.trustsFactor && { trustsFactor: 'on' }),
    ...(signOn.isOnlyWay && { isOnlyWay: 'on' }),
  };
}
