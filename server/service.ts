/** Puts the parts together: this is the one file that knows them all. */
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { EVERY_MINUTE, startClock } from '#/jobs/clock.ts';
import { jobs } from '#/jobs/index.ts';
import type { Tools } from '#/jobs/job.ts';
import { openQueue, prepareQueue, type Queue } from '#/jobs/queue.ts';
import {
  backupInChild,
  cleanUpInChild,
  foreignInChild,
  reconcileInChild,
  removePointsInChild,
  restoreInChild,
  surveyInChild,
  verifyInChild,
} from '#/jobs/recovery-points/in-child.ts';
import { openStore } from '#/jobs/stores/open.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { dueAtStart } from '#/plans/reconciliations.ts';
import type { Work } from '#/plans/work.ts';
import { openSender } from './alerts/send.ts';
import { createApp } from './app.ts';
import { type Anchoring, anchorTrails } from './audit/anchoring.ts';
import { openAuditKey } from './audit/keys.ts';
import { openRounds } from './clock-rounds.ts';
import { type Database, openDatabase } from './database.ts';
import { type Drawing, openDrawing } from './drawing.ts';
import { queueDue } from './due-work.ts';
import { listen } from './http/listen.ts';
import { openLive } from './http/live.ts';
import { openLetters } from './letters.ts';
import { openLog, type ServiceLog } from './log.ts';
import { openMetrics } from './metrics.ts';
import { migrate } from './migrate.ts';
import { openOwnKeys } from './own-backup/keys.ts';
import { type OwnBackups, startOwnBackups } from './own-backup/rounds.ts';
import { startEmbeddedPostgresql } from './postgresql/embedded.ts';
import { dropLeftovers, openScratch } from './postgresql/scratch.ts';
import { openScratchFolder } from './scratch-folder.ts';
import { type Settings, SettingsError } from './settings.ts';
import { explainStart } from './start-error.ts';
import { loadTemplates } from './templates.ts';
import { openVault, refuseRecipientsAlone, type Vault } from './vault.ts';
import { VERSIONS } from './versions.ts';

/** Which parts of the service run in this process. */
export interface Parts {
  web: boolean;
  worker: boolean;
}

export interface Service extends AsyncDisposable {
  /** Where the pages are, or null without the web part. */
  url: string | null;
  /** Runs one unit of work as the service itself, for one provider and all its clients. */
  inProvider: Tools['inProvider'];
  database: Database;
  queue: Queue;
  vault: Vault;
  doorVault: Vault;
  log: ServiceLog;
  /** Address on which throw-away databases can be made, if any. It carries a password. */
  scratchUrl: string | null;
  /** Where finished reports lie. */
  documents: Store;
  /** How the audit trail is anchored. Makes the signing key where there is none. */
  anchoring: () => Promise<Anchoring>;
  /** How this installation backs itself up; null where it does not. */
  ownBackups: OwnBackups | null;
}

/**
 * Starts the service. Everything it opened is closed again, last opened first, when it is
 * disposed of or fails to start. Throws `StartError` where this machine, folder, port or database does not allow it.
 */
export async function startService(
  settings: Settings,
  parts: Parts,
  clock = () => new Date(),
): Promise<Service> {
  try {
    return await startParts(settings, parts, clock);
  } catch (error) {
    throw explainStart(error);
  }
}

async function startParts(settings: Settings, { web, worker }: Parts, clock: () => Date): Promise<Service> {
  await using stack = new AsyncDisposableStack();
  const log = openLog(settings.logLevel);
  await mkdir(`${settings.dataDir}/stores`, { recursive: true, mode: 0o711 });
  const urls = await openOrConnect(settings, stack);
  const database = stack.use(
    openDatabase(
      urls.serviceUrl,
      (err) => log.warn({ err }, 'an idle connection was lost'),
      settings.databaseConnections,
    ),
  );
  await refuseDangerousRole(database);
  await database.providerIds(); // fails where the tables are not there yet, and says so better than the queue
  const templates = loadTemplates({ isDevelopment: settings.isDevelopment });
  const drawing = stack.use(openDrawing(settings, templates));
  const queue = stack.use(
    await openQueue(urls.serviceUrl, jobs, { supervise: worker, stopSeconds: settings.stopSeconds, log }),
  );

  if (worker) refuseRecipientsAlone(settings.masterKey);
  const vault = openVault(settings.masterKey);
  const doorVault = openVault({ file: settings.doorKeyFile });
  const inProvider = workAsService({ database, queue, vault, settings, clock });
  const documents = await openStore(settings.documentsStore, {
    credentials: settings.s3 ?? undefined,
    create: true,
  });
  stack.defer(() => documents.close());
  const auditStore = await openStore(settings.audit.store, {
    credentials: settings.s3 ?? undefined,
    create: true,
  });
  stack.defer(() => auditStore.close());
  const metrics = openMetrics();

  if (worker) {
    const tools = await openTools({
      settings,
      log,
      vault,
      inProvider,
      documents,
      drawing,
      scratchUrl: urls.scratchUrl,
      sendAlert: openSender({ settings, templates, vault, clock }),
      sendLetter: openLetters({ settings, templates }),
    });
    for (const provider of await database.providerIds()) await inProvider(provider, dueAtStart);
    await queue.work(tools);
    const round = openRounds({ database, settings, log, clock });
    stack.use(
      startClock(() => round(() => queueDue({ database, inProvider, metrics, log, now: clock() })), log),
    );
  }
  const anchoring = async (): Promise<Anchoring> => ({
    database,
    inProvider,
    store: auditStore,
    signingKey: await openAuditKey(settings.dataDir),
    lockDays: settings.audit.lockDays,
    authority: settings.audit.authority,
    log,
    clock,
  });
  if (worker) {
    const anchors = await anchoring();
    stack.use(startClock(async () => void (await anchorTrails(anchors)), log, EVERY_MINUTE));
  }
  // Who only answers requests never backs up: the key that opens own backups stays away from it.
  const ownBackups = web && !worker ? null : await openOwnBackups({ settings, database, urls, clock });
  if (worker && ownBackups) stack.use(startOwnBackups(ownBackups, log));
  const url = web
    ? await listen(
        createApp({
          settings,
          database,
          queue,
          vault,
          doorVault,
          documents,
          live: stack.use(openLive(database)),
          metrics,
          log,
          clock,
          templates,
        }),
        settings.http,
        stack,
      )
    : null;

  const owned = stack.move();
  return {
    url,
    inProvider,
    database,
    queue,
    vault,
    doorVault,
    log,
    scratchUrl: urls.scratchUrl,
    documents,
    anchoring,
    ownBackups,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The database, by what may be done there. Each carries a password. */
interface Addresses {
  serviceUrl: string;
  scratchUrl: string | null;
  /** As a role that row security does not bind. */
  wholeUrl: string | null;
}

async function openOwnBackups({
  settings,
  database,
  urls,
  clock,
}: {
  settings: Settings;
  database: Database;
  urls: Addresses;
  clock: () => Date;
}): Promise<OwnBackups | null> {
  if (!settings.ownBackup || urls.wholeUrl === null) return null;
  const { store, recipients, hours } = settings.ownBackup;
  const request = {
    dataDir: settings.dataDir,
    scratchDir: await openScratchFolder(settings.dataDir),
    store: { address: store, credentials: settings.s3 },
    recipients,
    keys: await openOwnKeys(settings.dataDir),
    databaseUrl: urls.wholeUrl,
    scratchUrl: urls.scratchUrl,
  };
  return { database, serviceUrl: urls.serviceUrl, request, hours, clock };
}

/** The embedded PostgreSQL, migrated at each start, or the one of the settings, which `reprise migrate` prepares. */
async function openOrConnect(settings: Settings, stack: AsyncDisposableStack): Promise<Addresses> {
  if (settings.database)
    return {
      serviceUrl: settings.database.url,
      scratchUrl: settings.scratchDatabaseUrl,
      wholeUrl: settings.ownBackup?.databaseUrl ?? null,
    };
  const embedded = stack.use(await startEmbeddedPostgresql({ dataDir: `${settings.dataDir}/postgresql` }));
  await prepareDatabase(embedded.ownerUrl);
  await dropLeftovers(embedded.superuserUrl, 24);
  return {
    serviceUrl: embedded.serviceUrl,
    scratchUrl: settings.scratchDatabaseUrl ?? embedded.superuserUrl,
    wholeUrl: Object.assign(new URL(embedded.superuserUrl), { pathname: new URL(embedded.ownerUrl).pathname })
      .href,
  };
}

/** Applies migrations and makes the queue's tables, as the owner. Returns the migrations applied. */
export async function prepareDatabase(ownerUrl: string): Promise<string[]> {
  try {
    const applied = await migrate(ownerUrl);
    await prepareQueue(ownerUrl, jobs);
    return applied;
  } catch (error) {
    throw explainStart(error);
  }
}

async function refuseDangerousRole(database: Database) {
  const rights = await database.dangerousRights();
  if (rights.length > 0)
    throw new SettingsError(
      `Settings are wrong:\n  DATABASE_URL: its role could step around row security (${rights.join(', ')}). Put a role that owns nothing, in the group reprise_service: create role reprise login password '…' in role reprise_service; and run reprise migrate with OWNER_DATABASE_URL.`,
    );
}

interface Parted {
  database: Database;
  queue: Queue;
  vault: Vault;
  settings: Settings;
  clock: () => Date;
}

const SERVICE_ACTOR: Work['actor'] = {
  kind: 'service',
  id: null,
  name: 'Reprise',
  role: 'service',
  scopes: ['read', 'write', 'run'],
};

const workAsService =
  ({ database, queue, vault, settings, clock }: Parted): Tools['inProvider'] =>
  (provider, run) =>
    database.inProvider(provider, 'all', (db) =>
      run({
        db,
        provider,
        clients: 'all',
        actor: SERVICE_ACTOR,
        now: clock(),
        enqueue: (job, payload, options) => queue.add(db, provider, job, payload, options),
        seal: (purpose, secret) => vault.seal(provider, purpose, secret),
        address: settings.http.publicUrl,
        places: settings.places,
      }),
    );

async function openTools({
  settings,
  log,
  vault,
  inProvider,
  documents,
  drawing: { makeReport, makeCrisisPack },
  scratchUrl,
  sendAlert,
  sendLetter,
}: Pick<Tools, 'inProvider' | 'documents' | 'sendAlert' | 'sendLetter'> & {
  settings: Settings;
  log: ServiceLog;
  vault: Vault;
  drawing: Drawing;
  scratchUrl: string | null;
}): Promise<Tools> {
  const scratchDir = await openScratchFolder(settings.dataDir);
  return {
    inProvider,
    open: vault.open,
    privateHosts: settings.privateHosts,
    retryPauses: settings.retryPauses,
    worker: `${hostname()} (${process.pid})`,
    engine: {
      backup: backupInChild,
      verify: verifyInChild,
      restore: restoreInChild,
      reconcile: reconcileInChild,
      cleanUp: cleanUpInChild,
      removePoints: removePointsInChild,
      survey: surveyInChild,
      foreign: foreignInChild,
    },
    scratchDir,
    programsDir: `${settings.dataDir}/programs`,
    openScratchDatabase: scratchUrl === null ? null : () => openScratch(scratchUrl),
    makeReport,
    makeCrisisPack,
    versions: VERSIONS,
    documents,
    sendAlert,
    sendLetter,
    log,
  };
}
