/** A service whose alerts are watched and told at the moments that a test says, through a real relay. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Tools } from '#/jobs/job.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { tellAlerts } from '#/jobs/tell-alerts.ts';
import { watchAlerts } from '#/jobs/watch-alerts.ts';
import { addAsset, NewAsset } from '#/plans/assets.ts';
import { addBackupPolicy, NewBackupPolicy } from '#/plans/backup-policies.ts';
import { refreshStandings } from '#/plans/standings.ts';
import { addStore, NewStore } from '#/plans/stores.ts';
import { openSender } from '#/server/alerts/send.ts';
import { readSettings } from '#/server/settings.ts';
import { loadTemplates } from '#/server/templates.ts';
import { type MailRelay, startMailRelay } from '../support/mail-relay.ts';
import { type Provider, startTestService, type TestService } from '../support/service.ts';
import { type Visitor, visit } from '../support/visitor.ts';

export interface AlertWorld extends AsyncDisposable {
  test: TestService;
  relay: MailRelay;
  /** What the worker has, at a moment of the test's choosing. */
  toolsAt(now: Date, env?: Record<string, string>): Tools;
  /** Ids of the provider's people, by role. */
  people(): Promise<Map<string, string>>;
  setLocale(role: string, locale: string): Promise<void>;
  endMembership(role: string): Promise<void>;
  visit(role: keyof Provider['emails']): Promise<Visitor>;
  /** Runs a worker of the test's own as a process, and tells the signal that ended it. */
  spawn(script: string, env: string): Promise<string | null>;
  /** Takes every route and alert away, as no role of the service could. */
  forget(): Promise<void>;
  /** Computes standings, and with them what facts say. */
  refresh(): Promise<void>;
  failIn(client: string): Promise<void>;
  watch(now?: Date): Promise<void>;
  tell(now?: Date, env?: Record<string, string>): Promise<void>;
  /** A policy whose backups end as the test says. */
  policy(name: string, store?: string): Promise<{ asset: string; policy: string; store: string }>;
  endRun(policy: string, end: RunEnd): Promise<void>;
}

interface RunEnd {
  state: 'done' | 'failed';
  code?: string;
  at?: Date;
}

export const PUBLIC_URL = 'https://reprise.example.com';

export async function startAlertWorld(): Promise<AlertWorld> {
  await using stack = new AsyncDisposableStack();
  const test = stack.use(await startTestService());
  const relay = stack.use(await startMailRelay());
  const templates = loadTemplates();
  const { service, acme } = test;

  const toolsAt: AlertWorld['toolsAt'] = (now, env = {}) => {
    const settings = readSettings(
      {
        DATA_DIR: test.dataDir,
        MAIL_RELAY: relay.url,
        MAIL_TLS: 'none',
        MAIL_FROM: 'alertes@reprise.example.com',
        PUBLIC_URL,
        ...env,
      },
      {},
    );
    return {
      inProvider: (provider, run) => service.inProvider(provider, (work) => run({ ...work, now })),
      sendAlert: openSender({ settings, templates, vault: service.vault, clock: () => now }),
      open: service.vault.open,
    } as Tools; // the rest of a worker's tools is of no use to alerts
  };
  const signal = new AbortController().signal;
  const policyIn = (client: string, name: string, store?: string) =>
    service.inProvider(acme.id, async (work) => {
      const asset = await addAsset(work, client, NewAsset.parse({ name, kind: 'data-set' }));
      const address = `file://${test.dataDir}/stores/${asset.id}`;
      const into =
        store ?? (await addStore(work, client, NewStore.parse({ name: `Dépôt de ${name}`, address }))).id;
      const { id } = await addBackupPolicy(
        work,
        NewBackupPolicy.parse({ asset: asset.id, store: into, source: test.dataDir }),
      );
      return { asset: asset.id, policy: id, store: into };
    });
  const endRun = (
    client: string,
    policy: string,
    { state, code = 'source.changed', at = new Date() }: RunEnd,
  ) =>
    service.inProvider(acme.id, async ({ db }) => {
      await db
        .insertInto('backup_runs')
        .values({
          client_id: client,
          policy_id: policy,
          state,
          cause: 'due',
          asked_by: 'Reprise',
          asked_at: at,
          started_at: at,
          finished_at: at,
          ...(state === 'failed'
            ? {
                finding: 'It failed.',
                finding_code: code,
                finding_params: '{"address":"file:///x","cause":"ENOENT"}',
              }
            : {}),
        })
        .execute();
    });
  const owned = stack.move();
  return {
    test,
    relay,
    toolsAt,
    people: async () => {
      const rows = await service.inProvider(acme.id, ({ db }) =>
        db
          .selectFrom('memberships')
          .innerJoin('people', 'people.id', 'person_id')
          .select(['people.id', 'role'])
          .execute(),
      );
      return new Map(rows.map(({ id, role }) => [role, id]));
    },
    setLocale: (role, locale) =>
      asOwner(
        test,
        `update people set locale = $1 where id in (select person_id from memberships where role = $2::member_role and provider_id = $3)`,
        [locale, role, acme.id],
      ),
    endMembership: (role) =>
      asOwner(
        test,
        'update memberships set ended_at = now() where role = $1::member_role and provider_id = $2',
        [role, acme.id],
      ),
    visit: (role) => visit(test, acme.emails[role]),
    spawn: async (script, env) => {
      const child = spawn(process.execPath, [script, test.serviceUrl, acme.id, env], { stdio: 'inherit' });
      const [, signal] = await once(child, 'exit');
      return signal;
    },
    forget: () =>
      asOwner(
        test,
        `truncate alert_recipients, alert_routes, alert_deliveries, alert_events, alerts, backup_runs, corrective_actions, reconciliations cascade`,
        [],
      ),
    refresh: async () => {
      while ((await service.inProvider(acme.id, refreshStandings)) > 0);
    },
    failIn: async (client) => {
      const made = await policyIn(client, 'Ailleurs');
      await endRun(client, made.policy, { state: 'failed', code: 'source.unreachable' });
    },
    watch: (now = new Date()) => watchAlerts.run({}, acme.id, toolsAt(now), signal),
    tell: (now = new Date(), env = {}) => tellAlerts.run({}, acme.id, toolsAt(now, env), signal),
    policy: (name, store) => policyIn(acme.client, name, store),
    endRun: (policy, end) => endRun(acme.client, policy, end),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** For what no role of the service could do. */
async function asOwner({ superuserUrl }: TestService, sql: string, parameters: unknown[]): Promise<void> {
  await using session = await openSession(superuserUrl);
  await session.query(sql, parameters);
}
