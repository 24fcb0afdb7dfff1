/**
 * What an agent and the service say to each other. The agent opens every connection, over HTTPS; each request is signed by it,
 * each order by the service. Both sides read what comes with these schemas and take nothing else.
 */
import { z } from 'zod';
import { TEST_LEVELS } from '#/plans/facts.ts';
import { ToldLook, ToldSentinel } from '#/plans/told-beside-point.ts';
import { ToldTest } from '#/plans/told-test.ts';

/** Versions of this protocol that this release speaks. */
export const SPOKEN = { oldest: 1, newest: 1 };

/** Below this path on the service. */
export const PLACE = '/agent/v1';

/** An Ed25519 public key (RFC 8037). */
export const PublicKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[\w-]{43}$/),
});
export type PublicKey = z.infer<typeof PublicKey>;

const Short = z.string().min(1).max(200);
const Versions = z.object({ oldest: z.int().min(1), newest: z.int().min(1) });

/** What an agent may be asked for. */
export const TASKS = ['backup', 'restore-test'] as const;
export type Task = (typeof TASKS)[number];

export const HostFacts = z.object({
  name: Short,
  system: Short,
  /** Release of the program. */
  release: Short,
});
export type HostFacts = z.infer<typeof HostFacts>;

export const Enrolment = z.object({
  code: z.string().min(10).max(40),
  publicKey: PublicKey,
  /** age recipient of its own, to open the last point by: so that it need not store everything each time. */
  recipient: z.string().regex(/^age1[a-z0-9]{58}$/),
  /** Ed25519 public key in PEM: it signs the recovery points that the agent makes. */
  signingKey: z.string().min(80).max(200),
  protocol: Versions,
  host: HostFacts,
});
export type Enrolment = z.infer<typeof Enrolment>;

export const Enrolled = z.object({
  agent: z.uuid(),
  name: z.string(),
  client: z.string(),
  /** Orders that another key signed are refused from now on. */
  orderKey: PublicKey,
  protocol: z.int(),
});
export type Enrolled = z.infer<typeof Enrolled>;

/** A source that its own machine lets the agent read, by the name that orders call it. The address has no secrets. */
export const OfferedSource = z.object({
  name: z.string().regex(/^[\w.-]{1,60}$/),
  kind: z.enum(['folder', 'postgresql', 'mariadb', 'sqlite', 's3']),
  address: z.string().min(1).max(1000),
  /** Its machine lets a dated sentinel be put there; an agent of before puts none. */
  takesSentinel: z.boolean().default(false),
});
export type OfferedSource = z.infer<typeof OfferedSource>;

const Attempt = z.int().min(1);

export const Poll = z.object({
  protocol: z.int(),
  host: HostFacts,
  /** How many orders it does at once. */
  capacity: z.int().min(1).max(64),
  running: z.array(z.object({ order: z.uuid(), attempt: Attempt })).max(64),
  /** What its own machine allows. */
  tasks: z.array(z.enum(TASKS)),
  sources: z.array(OfferedSource).max(200),
  stores: z.array(z.string().min(1).max(1000)).max(50),
});
export type Poll = z.infer<typeof Poll>;

export const Polled = z.object({
  /** One order to begin, as the service signed it. */
  begin: z.object({ order: z.string(), attempt: Attempt }).nullable(),
  /** Orders to let go of: called off, or given to somebody else. */
  stop: z.array(z.uuid()),
});
export type Polled = z.infer<typeof Polled>;

/** As the agent measures it; one of before says nothing of it. */
const Rate = z.number().min(0).nullable().default(null);

export const Told = z.object({
  attempt: Attempt,
  /** Null when it only asks whether it may go on. */
  progress: z
    .object({
      phase: z.string().max(40),
      files: z.int().min(0),
      bytes: z.int().min(0),
      totalBytes: z.int().min(0).nullable(),
      totalFiles: z.int().min(0).nullable().default(null),
      bytesPerSecond: Rate,
      filesPerSecond: Rate,
      remainingSeconds: Rate,
    })
    .nullable(),
});

/** Whether the agent may go on; just before a head is written it asks once more. */
export const Heard = z.object({ goOn: z.boolean() });

const Counts = z.object({ torn: z.int(), vanished: z.int(), unreadable: z.int(), skipped: z.int() });
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Finding = z.object({
  code: z.string().max(100),
  params: z.record(z.string().max(60), z.union([z.string().max(2000), z.number()])),
  message: z.string().max(4000),
});

/** A recovery point that an agent made, as the service keeps it. */
export const MadePoint = z.object({
  point: z.string().regex(/^[\w.-]{1,80}$/),
  dataTime: z.iso.datetime(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  files: z.int().min(0),
  bytes: z.int().min(0),
  storedBytes: z.int().min(0),
  packs: z.int().min(0),
  counts: Counts,
  reservations: z
    .array(
      z.object({
        kind: z.enum(['torn', 'vanished', 'unreadable', 'skipped']),
        path: z.string().max(5000),
        code: z.string().max(100),
        params: z.record(z.string().max(60), z.union([z.string().max(5000), z.number()])),
        reason: z.string().max(4000),
      }),
    )
    .max(100),
  headSha256: Sha256,
  manifestSha256: Sha256,
  sealedTo: z.array(z.string().max(100)).max(20),
});

/** How an order ended. It is sent until the service has heard it, so it may come more than once. */
export const Outcome = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('done'),
    attempt: Attempt,
    point: MadePoint,
    /** What was asked for beside the point; an agent of before tells neither. */
    sentinel: ToldSentinel.nullable().default(null),
    look: ToldLook.nullable().default(null),
  }),
  z.object({ state: z.literal('tested'), attempt: Attempt, ...ToldTest.shape }),
  /** `isRefused`: the agent's own machine does not allow it. */
  z.object({ state: z.literal('failed'), attempt: Attempt, finding: Finding, isRefused: z.boolean() }),
]);
export type Outcome = z.infer<typeof Outcome>;

const StoreToUse = z.object({
  address: z.string(),
  checksums: z.enum(['none', 'sha256']),
  /** Points are on record there: an empty folder is not mounted either. */
  isInUse: z.boolean().default(false),
});

/** What an order for a backup says; the agent knows the source, and the credentials of the store, by itself. */
export const BackupOrder = z.object({
  task: z.literal('backup'),
  source: z.string(),
  /** The last point held files: a folder without any is not mounted. */
  hadFiles: z.boolean().default(false),
  store: StoreToUse,
  asset: z.string(),
  recipients: z.array(z.string()).min(1),
  retention: z.object({ mode: z.enum(['governance', 'compliance']), days: z.int() }).nullable(),
  isGentle: z.boolean(),
  /** After a failed proof everything is stored anew. */
  isFull: z.boolean(),
  /** The run whose dated sentinel is to be put into the source; null where nobody allowed one. */
  sentinelFor: z.string().max(60).nullable().default(null),
  /** Whether the source is to be listed by other means afterwards, and held against the point. */
  look: z
    .object({ missedBefore: z.array(z.string()) })
    .nullable()
    .default(null),
});
export type BackupOrder = z.infer<typeof BackupOrder>;

/** What an order for a restore test says: what is on record of the point, and what it is held against. */
export const TestOrder = z.object({
  task: z.literal('restore-test'),
  store: StoreToUse,
  point: z.object({
    point: z.string(),
    asset: z.object({ label: z.string() }),
    headSha256: z.string(),
    dataTime: z.iso.datetime(),
  }),
  /** Opens the point. Sealed to the agent's own age recipient, in base64; null where the client has no key for that. */
  sealedIdentity: z.string().nullable(),
  level: z.enum(TEST_LEVELS),
  trust: z.array(z.string()),
  assertions: z.array(z.object({ name: z.string(), query: z.string(), expectation: z.unknown() })),
  opensFiles: z.boolean(),
  brokenBefore: z.array(z.object({ path: z.string(), sha256: z.string() })),
  sentinel: z.string().nullable(),
  watched: z.array(z.string()),
});
export type TestOrder = z.infer<typeof TestOrder>;

export const AgentOrder = z.discriminatedUnion('task', [BackupOrder, TestOrder]);
export type AgentOrder = z.infer<typeof AgentOrder>;
