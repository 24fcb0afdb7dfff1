/** The settings of the service. This is the only file that reads the environment. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { Reach } from '#/jobs/stores/reach.ts';
import type { KeySource } from './master-keys.ts';
import { StartError } from './start-error.ts';

const List = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );

/** Whether all of them can be told from other hosts. */
function areHosts(hosts: string[]): boolean {
  try {
    new Reach(hosts);
    return true;
  } catch {
    return false;
  }
}

/** Every setting, with its reason. `.env.example` is made from this. */
export const Env = z.object({
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .describe('Folder of everything Reprise keeps on this machine'),
  DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: 'must be a PostgreSQL address such as postgresql://reprise:password@host:5432/reprise',
    })
    .optional()
    .describe(
      'PostgreSQL 15 or newer, as a role that owns nothing. Unset: an embedded PostgreSQL in DATA_DIR',
    ),
  DATABASE_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(10)
    .describe('How many connections to the database this process keeps at most, beside those of the queue'),
  OWNER_DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: 'must be a PostgreSQL address such as postgresql://owner:password@host:5432/reprise',
    })
    .optional()
    .describe('The same database as the owner of its tables; only `reprise migrate` uses it'),
  SCRATCH_DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: 'must be a PostgreSQL address of a server kept for restore tests',
    })
    .optional()
    .describe(
      'Server on which restore tests may create and drop databases. Unset: the embedded one, if there is one',
    ),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(3000)
    .describe('Port to listen on; 0 takes a free one'),
  PUBLIC_URL: z
    .url({
      protocol: /^https?$/,
      error: 'must be the address people type, such as https://reprise.example.com',
    })
    .optional()
    .describe('Address people type. With https, cookies are sent over https only'),
  TRUST_PROXY: z.coerce
    .number()
    .int()
    .min(0)
    .max(5)
    .default(0)
    .describe('How many proxies stand before the service and tell the caller’s address'),
  MASTER_KEY_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Keys of 32 random bytes in base64, one a line and the newest first, that open secrets in the database; reprise secrets rotate adds one. For serve --web-only, their recipients (reprise secrets recipients), which only seal. Unset: keys/master.key in DATA_DIR, made at first start',
    ),
  MASTER_KEY: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The same keys or recipients themselves, separated by spaces, instead of a file. Whoever may read the environment of the process reads them',
    ),
  MASTER_KEY_COMMAND: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Shell command that writes the same keys or recipients, such as the client of a key service; run at start, and again each minute while they are needed',
    ),
  DOOR_KEY_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Key that opens what sign-in needs and nothing else: secrets of one-time codes and of single sign-on. The same wherever requests are answered. Unset: keys/door.key in DATA_DIR, made at first start',
    ),
  LOCAL_SOURCES: List.describe('Folders of this machine that may be backed up, separated by commas'),
  LOCAL_STORES: List.describe(
    'Folders of this machine that may hold stores, separated by commas. stores in DATA_DIR always may',
  ),
  PRIVATE_HOSTS: List.refine(areHosts, {
    error: 'must be names such as nas.example.lan or *.example.lan, and networks such as 10.0.0.0/8',
  }).describe(
    'Hosts of private networks and of this machine on which S3 stores and sources may stand, separated by commas. Link-local addresses never',
  ),
  DOCUMENTS_STORE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Store of finished reports: file:///folder or s3://bucket/prefix?endpoint=…. Unset: documents in DATA_DIR',
    ),
  AUDIT_STORE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Store to which the audit trail is anchored once a day, best a bucket with Object Lock of another account. Unset: DOCUMENTS_STORE',
    ),
  AUDIT_LOCK_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3660)
    .default(400)
    .describe('Days for which anchors are locked where the store can; nobody can lift it. 0 locks none'),
  AUDIT_TSA_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://freetsa.org/tsr' })
    .optional()
    .describe(
      'Time-stamp authority (RFC 3161) that stamps each anchor, so that somebody else too says when. It sees hashes only. Unset: none',
    ),
  OWN_BACKUP_STORE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Store to which Reprise backs itself up, another than its own disk: s3://bucket/prefix?endpoint=… or file:///folder. Unset: nothing brings it back',
    ),
  OWN_BACKUP_RECIPIENTS: List.describe(
    'age recipients (age1…), separated by commas, whose identities bring Reprise back. Keep these identities elsewhere',
  ),
  OWN_BACKUP_HOURS: z.coerce
    .number()
    .int()
    .min(1)
    .max(168)
    .default(24)
    .describe('Hours from one own backup to the next: what came later is lost with the machine'),
  OWN_BACKUP_DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: 'must be a PostgreSQL address such as postgresql://backup:password@host:5432/reprise',
    })
    .optional()
    .describe(
      'With DATABASE_URL: the same database as a role that reads all rows (BYPASSRLS). Unset: the embedded one, if there is one',
    ),
  OPERATOR_PROVIDER: z
    .uuid()
    .optional()
    .describe(
      'Id of the provider whose owners see how this installation backs itself up, where several providers share it. Unset: the only provider’s, or nobody',
    ),
  REPORT_CHROMIUM_PATH: z
    .string()
    .min(1)
    .optional()
    .describe('Chromium that draws reports. Unset: the one that npm brought'),
  MAIL_RELAY: z
    .url({ protocol: /^smtps?$/, error: 'must be a relay such as smtp://user:password@mail.example.com:587' })
    .optional()
    .describe(
      'Relay that mails of alerts are handed to; smtps:// for TLS from the first byte. Unset: no mail',
    ),
  MAIL_FROM: z
    .email()
    .optional()
    .describe('Address that mails of alerts come from. Unset: reprise@ the host of PUBLIC_URL'),
  MAIL_TLS: z
    .enum(['required', 'opportunistic', 'none'])
    .default('required')
    .describe(
      'Whether smtp:// must be switched to TLS (STARTTLS), may be, or is not. Certificates are checked',
    ),
  MAIL_CA_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('Certificates in PEM that the relay’s own may be signed by, beside the usual ones'),
  WEBHOOKS_TO_PRIVATE: z
    .stringbool()
    .default(false)
    .describe('Lets alerts be posted to addresses of private networks and of this machine, and over http'),
  CLOCK_PING_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://hc-ping.com/…' })
    .optional()
    .describe(
      'Called by the clock at each round: …/start, then the address itself, or …/fail. Unset: nobody outside is told',
    ),
  CLOCK_PING_SECONDS: z.coerce
    .number()
    .int()
    .min(15)
    .max(86_400)
    .default(60)
    .describe('Seconds between two calls of CLOCK_PING_URL'),
  LATE_AFTER_MINUTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(5)
    .describe('/healthz is red when the clock ended no round, or the queue took no job, for so long'),
  METRICS_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('Bearer token for /metrics. Unset: /metrics is closed'),
  RETRY_PAUSES: z
    .string()
    .regex(/^(none|\d{1,5}(,\d{1,5})*)$/, { error: 'must be seconds, such as 60,300,1200, or none' })
    .default('60,300,1200')
    .describe('Pauses in seconds before a store or source that could not be reached is tried again, or none'),
  STOP_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(20)
    .describe(
      'How long running work may go on once the service is told to stop. What has not ended then is handed to another worker',
    ),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('How much is logged'),
  DEVELOPMENT: z
    .stringbool()
    .default(false)
    .describe('Shows /styleguide and reads templates anew for each page'),
  AWS_ACCESS_KEY_ID: z.string().optional().describe('For S3 stores on the command line and DOCUMENTS_STORE'),
  AWS_SECRET_ACCESS_KEY: z
    .string()
    .optional()
    .describe('For S3 stores on the command line and DOCUMENTS_STORE'),
  AWS_SESSION_TOKEN: z
    .string()
    .optional()
    .describe('For S3 stores on the command line and DOCUMENTS_STORE, with temporary credentials'),
  AWS_REGION: z.string().optional().describe('For S3 stores whose address names no region'),
});

type Environment = Record<string, string | undefined>;

/** Settings that are wrong, each with its name and what to put. No value is told. */
export class SettingsError extends StartError {
  override name = 'SettingsError';
}

/** Reads all settings once, at start. An empty one counts as unset. */
export function readSettings(overrides: Environment = {}, env: Environment = process.env) {
  const isGiven = ([, value]: [string, string | undefined]) => value !== undefined && value !== '';
  const given = [...Object.entries(env), ...Object.entries(overrides).filter(isGiven)].filter(isGiven);
  const { success, data, error } = Env.safeParse(Object.fromEntries(given));
  if (!success) throw new SettingsError(`Settings are wrong:\n${error.issues.map(explain).join('\n')}`);

  const dataDir = resolve(data.DATA_DIR);
  const documentsStore = data.DOCUMENTS_STORE ?? `file://${encodeURI(dataDir)}/documents`;
  return Object.freeze({
    dataDir,
    database:
      data.DATABASE_URL === undefined
        ? null
        : { url: data.DATABASE_URL, ownerUrl: data.OWNER_DATABASE_URL ?? null },
    databaseConnections: data.DATABASE_CONNECTIONS,
    scratchDatabaseUrl: data.SCRATCH_DATABASE_URL ?? null,
    http: {
      host: data.HOST,
      port: data.PORT,
      publicUrl: data.PUBLIC_URL ?? null,
      trustProxy: data.TRUST_PROXY,
    },
    masterKey: masterKeyOf(data, dataDir),
    doorKeyFile: data.DOOR_KEY_FILE ?? `${dataDir}/keys/door.key`,
    places: { sources: data.LOCAL_SOURCES, stores: [`${dataDir}/stores`, ...data.LOCAL_STORES] },
    privateHosts: data.PRIVATE_HOSTS,
    documentsStore,
    audit: {
      store: data.AUDIT_STORE ?? documentsStore,
      lockDays: data.AUDIT_LOCK_DAYS,
      authority: data.AUDIT_TSA_URL ?? null,
    },
    ownBackup: ownBackupOf(data),
    operator: data.OPERATOR_PROVIDER ?? null,
    chromiumPath: data.REPORT_CHROMIUM_PATH ?? null,
    mail:
      data.MAIL_RELAY === undefined
        ? null
        : {
            relay: data.MAIL_RELAY,
            from: data.MAIL_FROM ?? `reprise@${hostOf(data.PUBLIC_URL)}`,
            tls: data.MAIL_TLS,
            caFile: data.MAIL_CA_FILE ?? null,
          },
    mayPostToPrivate: data.WEBHOOKS_TO_PRIVATE,
    clockPing:
      data.CLOCK_PING_URL === undefined
        ? null
        : { url: data.CLOCK_PING_URL, seconds: data.CLOCK_PING_SECONDS },
    lateAfterSeconds: data.LATE_AFTER_MINUTES * 60,
    metricsToken: data.METRICS_TOKEN ?? null,
    retryPauses: data.RETRY_PAUSES === 'none' ? [] : data.RETRY_PAUSES.split(',').map(Number),
    stopSeconds: data.STOP_SECONDS,
    logLevel: data.LOG_LEVEL,
    isDevelopment: data.DEVELOPMENT,
    s3: credentialsOf(data),
  });
}

export type Settings = ReturnType<typeof readSettings>;

const hostOf = (url: string | undefined) => (url === undefined ? 'localhost' : new URL(url).hostname);

/** One place of the three: two that differ would seal what the other does not open. */
function masterKeyOf(data: z.infer<typeof Env>, dataDir: string): KeySource {
  const { MASTER_KEY_FILE: file, MASTER_KEY: text, MASTER_KEY_COMMAND: command } = data;
  if ([file, text, command].filter(Boolean).length > 1)
    throw new SettingsError(
      'Settings are wrong:\n  MASTER_KEY_FILE, MASTER_KEY, MASTER_KEY_COMMAND: give one of them.',
    );
  if (text !== undefined) return { text };
  if (command !== undefined) return { command, freshMs: 60_000 };
  return { file: file ?? `${dataDir}/keys/master.key` };
}

function ownBackupOf(data: z.infer<typeof Env>) {
  const { OWN_BACKUP_STORE: store, OWN_BACKUP_RECIPIENTS: recipients, OWN_BACKUP_HOURS: hours } = data;
  if (store === undefined) return null;
  if (recipients.length === 0)
    throw new SettingsError(
      'Settings are wrong:\n  OWN_BACKUP_RECIPIENTS: nobody could open the backup. Give at least one age recipient; reprise keys new makes one.',
    );
  if (data.DATABASE_URL !== undefined && data.OWN_BACKUP_DATABASE_URL === undefined)
    throw new SettingsError(
      'Settings are wrong:\n  OWN_BACKUP_DATABASE_URL: the service itself may not read all rows. Give the address of a role that may (create role reprise_backup login bypassrls in role pg_read_all_data).',
    );
  return { store, recipients, hours, databaseUrl: data.OWN_BACKUP_DATABASE_URL ?? null };
}

function credentialsOf(data: z.infer<typeof Env>) {
  if (!data.AWS_ACCESS_KEY_ID || !data.AWS_SECRET_ACCESS_KEY) return null;
  return {
    accessKeyId: data.AWS_ACCESS_KEY_ID,
    secretAccessKey: data.AWS_SECRET_ACCESS_KEY,
    ...(data.AWS_SESSION_TOKEN ? { sessionToken: data.AWS_SESSION_TOKEN } : {}),
  };
}

function explain({ path, message }: z.core.$ZodIssue) {
  const name = String(path[0]);
  const { description } = Env.shape[name as keyof typeof Env.shape];
  return `  ${name}: ${message}. ${description}.`;
}
