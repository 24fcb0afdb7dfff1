import type { z } from 'zod';
import type { Message, Sent } from '#/plans/alerts/messages.ts';
import type { PackFile } from '#/plans/crisis-packs.ts';
import type { Work } from '#/plans/work.ts';
import type {
  backupInChild,
  cleanUpInChild,
  foreignInChild,
  reconcileInChild,
  removePointsInChild,
  restoreInChild,
  surveyInChild,
  verifyInChild,
} from './recovery-points/in-child.ts';

/** A database made for one restore test. `drop` may be called twice. */
export interface Scratch {
  url: string;
  drop(): Promise<void>;
}

/** What a job may use of the outside world. The worker hands it over; tests may hand over parts of their own. */
export interface Tools {
  /** Runs one unit of work as the service, for one provider and all its clients. */
  inProvider<T>(provider: string, run: (work: Work) => Promise<T>): Promise<T>;
  /** Opens a secret that `Work.seal` closed for this purpose. */
  open(provider: string, purpose: string, sealed: Buffer): string;
  /** Hosts that are not public, on which stores may stand all the same. */
  privateHosts: readonly string[];
  engine: {
    backup: typeof backupInChild;
    verify: typeof verifyInChild;
    restore: typeof restoreInChild;
    reconcile: typeof reconcileInChild;
    cleanUp: typeof cleanUpInChild;
    removePoints: typeof removePointsInChild;
    survey: typeof surveyInChild;
    foreign: typeof foreignInChild;
  };
  /** Pauses before what could not be reached is tried again, in seconds; as many tries. */
  retryPauses: readonly number[];
  /** What this worker is called where somebody asks who did it. */
  worker: string;
  /** Folder for work under way; emptied at the start. */
  scratchDir: string;
  /** Folder with PostgreSQL's own programs, unpacked there when the system has none that fit. */
  programsDir: string;
  /** An empty database of a throw-away server or role; null when this installation has none. */
  openScratchDatabase: (() => Promise<Scratch>) | null;
  makeReport(request: {
    provider: string;
    snapshot: string;
    sealingKey: string;
    certificates: string;
  }): Promise<{ pdf: Buffer; sha256: string; pages: number }>;
  /** Draws the documents of a crisis pack and puts them into one archive, not sealed yet. */
  makeCrisisPack(request: {
    provider: string;
    snapshot: string;
    sealingKey: string;
    certificates: string;
  }): Promise<{ zip: Buffer; files: PackFile[]; manifestSha256: string }>;
  /** Of the product and of its engine. */
  versions: { product: string; engine: string };
  /** Where finished documents lie. */
  documents: {
    put(key: string, body: Uint8Array): Promise<unknown>;
    get(key: string): Promise<Buffer>;
    remove(key: string): Promise<unknown>;
  };
  /** Hands a message to the mail relay or to a webhook's receiver. Never throws: not being taken is an answer. */
  sendAlert(provider: string, message: Message): Promise<Sent>;
  /** Hands a mail to one person to the relay. Never throws either. */
  sendLetter(letter: Letter): Promise<Sent>;
  log: Log;
}

/** A mail to one person: a few sentences, a link, a file. A link may be a secret: it stands in no row and no log. */
export interface Letter {
  kind: 'invitation' | 'reset' | 'factor-reset' | 'report-link' | 'report-file';
  /** The same however often it is sent. */
  id: string;
  to: { name: string; address: string };
  locale: string;
  /** Where the link leads, within the service; null: it has none. */
  path: string | null;
  /** What its sentences name. */
  params: Record<string, string>;
  /** What they name that has a word in each language, by its key. */
  words?: Record<string, string>;
  attached?: { name: string; content: Buffer };
}

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One kind of background work. It may run twice, or start again half-way, so `run` must bear that. */
export interface Job {
  name: string;
  payload: z.ZodType;
  /** How often it is tried again after a crash. */
  retries: number;
  /** Longest time one try may take, in seconds. */
  longestSeconds: number;
  /** How many run at once in one worker process. */
  atOnce: number;
  // biome-ignore lint/suspicious/noExplicitAny: each job's schema says what its payload is; the list of jobs forgets it
  run(payload: any, provider: string, tools: Tools, signal: AbortSignal): Promise<void>;
  /** Called once when every try is used up, so that nothing stays marked as running. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  giveUp(payload: any, provider: string, tools: Tools): Promise<void>;
}

/** Declares a job; the payload's schema gives `run` and `giveUp` their type. */
export const job = <Payload extends z.ZodType>(
  declared: Job & {
    payload: Payload;
    run(payload: z.output<Payload>, provider: string, tools: Tools, signal: AbortSignal): Promise<void>;
    giveUp(payload: z.output<Payload>, provider: string, tools: Tools): Promise<void>;
  },
): Job => declared;
