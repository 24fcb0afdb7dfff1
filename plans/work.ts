import type { Transaction } from 'kysely';
import type { Tables } from './tables.ts';

export const ROLES = [
  'owner',
  'consultant',
  'technician',
  'client-approver',
  'client-reader',
  'auditor',
] as const;
export type Role = (typeof ROLES)[number];

export const TOKEN_SCOPES = ['read', 'write', 'run'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** Who does the work: a person, an API token, an agent at a client's site, or the service itself. */
export interface Actor {
  kind: 'person' | 'token' | 'agent' | 'service';
  /** Id of the person, token or agent; null for the service. */
  id: string | null;
  /** As the audit trail names them. */
  name: string;
  role: Role | 'agent' | 'service';
  /** What a token was given; a person and the service have all three. */
  scopes: readonly TokenScope[];
}

/** Whose hand it was in: a token says nothing of that, so it never stands for a second person. */
export const personOf = ({ kind, id }: Actor): string | null => (kind === 'person' ? id : null);

/** Whether somebody else than who did the first thing does this one, for certain. */
export function isSecondPerson(actor: Actor, first: string | null): boolean {
  const person = personOf(actor);
  return person !== null && first !== null && person !== first;
}

/**
 * Adds a job to the queue. It runs only if the transaction commits, and not before so many seconds have passed; of one kind, what has
 * the higher priority first.
 */
export type Enqueue = (
  job: string,
  payload: object,
  options?: { afterSeconds?: number; priority?: number },
) => Promise<void>;

/** Which clients of the provider the work may touch: row security compares it with every row. */
export type ClientScope = 'all' | readonly string[];

/**
 * One unit of work for one provider, inside one transaction.
 * Every function of this folder takes it first. Row security limits `db` to the provider and its clients in scope.
 */
export interface Work {
  db: Transaction<Tables>;
  provider: string;
  clients: ClientScope;
  actor: Actor;
  now: Date;
  enqueue: Enqueue;
  /** Closes a secret so that only a worker can open it again. `purpose` is bound into it. */
  seal(purpose: string, secret: string): Buffer;
  /** Where people reach the service, for what is printed; null where nobody said. */
  address: string | null;
  /** Folders of this machine that may be backed up, and folders that may hold stores. */
  places: { sources: readonly string[]; stores: readonly string[] };
}
