/** A service whose alerts are watched and told at the moments that a test says, through a real relay. */

import type { Tools } from '#/jobs/job.ts';
import { tellAlerts } from '#/jobs/tell-alerts.ts';
import { watchAlerts } from '#/jobs/watch-alerts.ts';
import { addAsset, NewAsset } from '#/plans/assets.ts';
import { addBackupPolicy, NewBackupPolicy } from '#/plans/backup-policies.ts';
import { addStore, NewStore } from '#/plans/stores.ts';
import { openSender } from '#/server/alerts/send.ts';
import { readSettings } from '#/server/settings.ts';
import { loadTemplates } from '#/server/templates.ts';
import { type MailRelay, startMailRelay } from '../support/mail-relay.ts';
import { startTestService, type TestService } from '../support/service.ts';

export interface AlertWorld extends AsyncDisposable {
  test: TestService;
  relay: MailRelay;
  /** What the worker has, at a moment of the test's choosing. */
  toolsAt(now: Date, env?: Record<string, string>): Tools;
  /** Ids of the provider's people, by role. */
  people(): Promise<Map<string, string>>;
  watch(now?: Date): Promise<void>;
  tell(now?: Date, env?: Record<string, string>): Promise<void>;
  /** A policy whose backups end as the test says. */
  policy(name: string, store?: string): Promise<{ asset: string; policy: string; store: string }>;
  endRun(policy: string, end: { state: 'done' | 'failed'; code?: string; at?: Date }): Promise<void>;
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
    watch: (now = new Date()) => watchAlerts.run({}, acme.id, toolsAt(now), signal),
    tell: (now = new Date(), env = {}) => tellAlerts.run({}, acme.id, toolsAt(now, env), signal),
    policy: (name, store) =>
      service.inProvider(acme.id, async (work) => {
        const asset = await addAsset(work, acme.client, NewAsset.parse({ name, kind: 'data-set' }));
        const into =
          store ??
          (
            await addStore(
              work,
              acme.client,
              NewStore.parse({
                name: `Dépôt de ${name}`,
                address: `file://${test.dataDir}/stores/${asset.id}`,
              }),
            )
          ).id;
        const { id } = await addBackupPolicy(
          work,
          NewBackupPolicy.parse({ asset: asset.id, store: into, source: `${test.dataDir}` }),
        );
        return { asset: asset.id, policy: id, store: into };
      }),
    endRun: (policy, { state, code = 'source.changed', at = new Date() }) =>
      service.inProvider(acme.id, async ({ db }) => {
        await db
          .insertInto('backup_runs')
          .values({
            client_id: acme.client,
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
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
