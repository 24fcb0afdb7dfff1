/** A whole service for one test file: real PostgreSQL, real queue and workers, real HTTP. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addApiToken } from '#/plans/api-tokens.ts';
import { createClient, NewClient } from '#/plans/clients.ts';
import { addMember } from '#/plans/people.ts';
import { foundProvider } from '#/plans/providers.ts';
import { hashOfToken } from '#/plans/sign-in.ts';
import { type Role, TOKEN_SCOPES } from '#/plans/work.ts';
import { newToken } from '#/server/http/identity.ts';
import { makeClientKeys, makeProviderKeys } from '#/server/keys.ts';
import { hashPassword } from '#/server/passwords.ts';
import { type Parts, prepareDatabase, type Service, startService } from '#/server/service.ts';
import { readSettings, type Settings } from '#/server/settings.ts';
import { createTestDatabase, sharedPostgresql } from './postgresql.ts';

export const PASSWORD = 'correct horse battery';

/** One provider of a test, with its people and one client. */
export interface Provider {
  id: string;
  client: string;
  /** A second client, which the client's own people do not see. */
  otherClient: string;
  tokens: Record<Role, string>;
  emails: Record<Role, string>;
  recoveryIdentity: string;
}

export interface TestService extends AsyncDisposable {
  service: Service;
  url: string;
  dataDir: string;
  ownerUrl: string;
  /** As the service itself connects. */
  serviceUrl: string;
  /** Above every rule: for damage that no role of the service could do. */
  superuserUrl: string;
  /** The first provider runs the installation. */
  settings: { operator: string | null };
  /** Alice's provider, and Charlie's, who must never see anything of it. */
  acme: Provider;
  other: Provider;
  /** A JSON request with a token; the answer with its body read. */
  api(
    token: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the address answers; each test says what it expects
  body: any;
}

const CLIENT = NewClient.parse({
  name: 'Atelier Delorme',
  sector: 'Industrie',
  country: 'FR',
  locale: 'fr',
  timeZone: 'Europe/Paris',
});

export async function startTestService({
  worker = false,
  env = {},
  clock,
}: {
  worker?: boolean;
  env?: Record<string, string>;
  /** What the service takes for the time. */
  clock?: () => Date;
} = {}): Promise<TestService> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createTestDatabase(prepareDatabase));
  const dataDir = await mkdtemp(join(tmpdir(), 'reprise-test-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const { superuserUrl } = await sharedPostgresql();
  const settings: { -readonly [Name in keyof Settings]: Settings[Name] } = {
    ...readSettings(
      {
        DATA_DIR: dataDir,
        DATABASE_URL: database.serviceUrl,
        SCRATCH_DATABASE_URL: superuserUrl,
        PORT: '0',
        LOG_LEVEL: 'error',
        RETRY_PAUSES: 'none',
        STOP_SECONDS: '1',
        LOCAL_SOURCES: dataDir,
        PRIVATE_HOSTS: '127.0.0.1',
        ...env,
      },
      { PATH: process.env.PATH },
    ),
  };
  const parts: Parts = { web: true, worker };
  const service = stack.use(await startService(settings, parts, clock));
  const acme = await found(service, 'Acme', 'acme.example');
  settings.operator = acme.id;
  const other = await found(service, 'Other', 'other.example');
  const url = service.url ?? '';
  const owned = stack.move();
  return {
    service,
    url,
    dataDir,
    ownerUrl: database.ownerUrl,
    serviceUrl: database.serviceUrl,
    superuserUrl: database.superuserUrl,
    settings,
    acme,
    other,
    api: (token, method, path, body, headers = {}) => ask(url + path, token, method, body, headers),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Asks again and again until `done` is content, for at most `ms`. */
export async function until<Thing>(
  find: () => Promise<Thing>,
  done: (thing: Thing) => boolean,
  ms = 60_000,
): Promise<Thing> {
  const end = Date.now() + ms;
  for (;;) {
    const thing = await find();
    if (done(thing)) return thing;
    if (Date.now() > end) throw new Error(`Waited ${ms} ms for nothing: ${JSON.stringify(thing)}`);
    await sleep(100);
  }
}

async function ask(
  url: string,
  token: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json');
  return { status: answer.status, headers: answer.headers, body: isJson && text ? JSON.parse(text) : text };
}

const ALL_ROLES: Role[] = [
  'owner',
  'consultant',
  'technician',
  'client-approver',
  'client-reader',
  'auditor',
];

/** Founds a provider with one person and one token for each role, and two clients. */
export async function found(service: Service, name: string, domain: string): Promise<Provider> {
  const id = crypto.randomUUID();
  return service.inProvider(id, async (work) => {
    await foundProvider(work, { name, country: 'FR', locale: 'fr' });
    await makeProviderKeys(work, { name, country: 'FR' });
    const client = await createClient(work, CLIENT);
    const second = await createClient(work, { ...CLIENT, name: 'Second client' });
    const { recoveryIdentity } = await makeClientKeys(work, client.id);
    await makeClientKeys(work, second.id);
    const hash = await hashPassword(PASSWORD);
    const tokens = {} as Provider['tokens'];
    const emails = {} as Provider['emails'];
    for (const role of ALL_ROLES) {
      const clients: 'all' | string[] = role.startsWith('client-') ? [client.id] : 'all';
      emails[role] = `${role}@${domain}`;
      tokens[role] = newToken();
      const validUntil = role === 'auditor' ? new Date(work.now.getTime() + 86_400_000).toISOString() : null;
      await addMember(
        work,
        { email: emails[role], name: `${role} of ${name}`, locale: 'fr', role, clients, validUntil },
        hash,
      );
      await addApiToken(
        work,
        { name: role, role, scopes: [...TOKEN_SCOPES], clients, expiresAt: null },
        hashOfToken(tokens[role]),
      );
    }
    return { id, client: client.id, otherClient: second.id, tokens, emails, recoveryIdentity };
  });
}
