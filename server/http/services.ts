/** What the web application is made of; handed over by the service. */
import type { Queue } from '#/jobs/queue.ts';
import type { Store } from '#/jobs/stores/store.ts';
import type { Database } from '../database.ts';
import type { ServiceLog } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Settings } from '../settings.ts';
import type { Templates } from '../templates.ts';
import type { Vault } from '../vault.ts';
import type { Live } from './live.ts';

export interface Services {
  settings: Settings;
  database: Database;
  queue: Queue;
  vault: Vault;
  /** Holds what the door needs to check who comes in; opens nothing else. */
  doorVault: Vault;
  templates: Templates;
  documents: Store;
  live: Live;
  metrics: Metrics;
  log: ServiceLog;
  clock: () => Date;
}

/** Whether people come over https: then cookies travel over nothing else. */
export const isSecure = ({ http }: Settings) => http.publicUrl?.startsWith('https:') ?? false;

/** Where people and programs reach the service, without a slash at the end. */
export const addressOf = ({ http }: Settings) =>
  http.publicUrl?.replace(/\/$/, '') ?? `http://${http.host}:${http.port}`;
