/**
 * What this machine lets its agent do. It stands in a file here and nowhere else, so that whoever takes over the service
 * cannot order anything to be read or written that is not on it.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { OfferedSource, type Poll, TASKS } from '#/jobs/agents/protocol.ts';
import type { S3Credentials } from '#/jobs/stores/store.ts';
import { Refusal } from '#/plans/errors.ts';
import { readSource, SOURCE_FORMS } from '#/plans/source-addresses.ts';
import { StartError } from '../start-error.ts';
import { readJson, writeJson } from './files.ts';

const Allowed = z.object({
  /** A restore test hands this machine what opens the client's points: it is allowed by name, or not at all. */
  tasks: z.array(z.enum(TASKS)).default(['backup']),
  /** Addresses as `reprise backup` takes them, with their passwords. */
  sources: z
    .array(
      z.object({
        name: OfferedSource.shape.name,
        address: z.string().min(1),
        /** Otherwise the agent only reads. */
        takesSentinel: z.boolean().default(false),
      }),
    )
    .default([]),
  stores: z
    .array(
      z.object({
        address: z.string().min(1),
        accessKeyId: z.string().optional(),
        secretAccessKey: z.string().optional(),
      }),
    )
    .default([]),
});
export type Allowed = z.infer<typeof Allowed>;

const fileIn = (folder: string) => join(folder, 'allowed.json');

/** Read anew for each order, so that what was taken off the list is off at once. */
export async function loadAllowed(folder: string): Promise<Allowed> {
  const found = await readJson(fileIn(folder)).catch((cause) => {
    throw new StartError(`${fileIn(folder)} is not JSON: mend it, or nothing is allowed.`, { cause });
  });
  const { data, error } = Allowed.safeParse(found ?? {});
  if (!data) throw new StartError(`${fileIn(folder)}: ${z.prettifyError(error)}`);
  return data;
}

export async function allowSource(
  folder: string,
  given: { name: string; address: string; takesSentinel?: boolean },
): Promise<void> {
  const source = { takesSentinel: false, ...given };
  const { success } = OfferedSource.shape.name.safeParse(source.name);
  if (!success) throw new StartError('A source is named by letters, digits, dots and dashes, up to 60.');
  offer(source);
  if (source.address.startsWith('/') && !isThere(source.address))
    throw new StartError(`There is no folder ${source.address} here.`);
  const allowed = await loadAllowed(folder);
  const others = allowed.sources.filter(({ name }) => name !== source.name);
  await writeJson(fileIn(folder), { ...allowed, sources: [...others, source] });
}

export async function allowTask(folder: string, task: string): Promise<void> {
  const { data } = z.enum(TASKS).safeParse(task);
  if (!data) throw new StartError(`A task is one of: ${TASKS.join(', ')}.`);
  const allowed = await loadAllowed(folder);
  const others = allowed.tasks.filter((one) => one !== data);
  await writeJson(fileIn(folder), { ...allowed, tasks: [...others, data] });
}

export async function allowStore(folder: string, store: Allowed['stores'][number]): Promise<void> {
  if (!/^(s3|file):\/\//.test(store.address))
    throw new StartError('A store is file:///folder or s3://bucket/prefix?endpoint=…');
  const allowed = await loadAllowed(folder);
  const others = allowed.stores.filter(({ address }) => address !== store.address);
  await writeJson(fileIn(folder), { ...allowed, stores: [...others, store] });
}

/** What is told to the service: names and addresses, without secrets. */
export const offered = ({ tasks, sources, stores }: Allowed): Pick<Poll, 'tasks' | 'sources' | 'stores'> => ({
  tasks,
  sources: sources.map(offer),
  stores: stores.map(({ address }) => address),
});

/** The source and the store of an order for a backup, with their secrets; null where the list does not have them. */
export function findAllowed(allowed: Allowed, order: { source: string; store: { address: string } }) {
  const source = allowed.sources.find(({ name }) => name === order.source);
  const store = findAllowedStore(allowed, order.store);
  return source && store ? { source: source.address, takesSentinel: source.takesSentinel, ...store } : null;
}

export function findAllowedStore(allowed: Allowed, { address }: { address: string }) {
  const store = allowed.stores.find((one) => one.address === address);
  return store ? { credentials: credentialsOf(store) } : null;
}

const credentialsOf = ({ accessKeyId, secretAccessKey }: Allowed['stores'][number]): S3Credentials | null =>
  accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null;

/** On its own machine the agent may read every folder that its owner names. */
function offer({ name, address, takesSentinel }: Allowed['sources'][number]): OfferedSource {
  try {
    return { name, takesSentinel, ...readSource({ places: { sources: ['/'], stores: [] } }, address) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new StartError(`Nothing reads the address of the source ${name}. ${SOURCE_FORMS}.`);
  }
}

function isThere(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
