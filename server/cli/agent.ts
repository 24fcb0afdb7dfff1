/** `reprise agent`: the program at a client's site. */
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { allowSource, allowStore, allowTask, loadAllowed, offered } from '../agent/allowed.ts';
import { enrol } from '../agent/enrol.ts';
import { loadIdentity } from '../agent/identity.ts';
import { runAgent } from '../agent/run-agent.ts';
import { readSettings } from '../settings.ts';

export const usage = `reprise agent enrol https://SERVICE --code CODE --fingerprint FINGERPRINT [--dir DIR]
reprise agent allow source NAME ADDRESS [--sentinel] [--dir DIR]
reprise agent allow store ADDRESS [--dir DIR]
reprise agent allow task restore-test [--dir DIR]
reprise agent show [--dir DIR]
reprise agent run [--dir DIR] [--capacity N]

Backs up at a client's site what the service cannot reach. It calls the service over HTTPS and does only what was allowed here.

enrol      with the one-time code and the fingerprint that the agent's page shows
allow      what it may read, by the name that the service will call it, and where it may write to:
           a folder's path, postgresql://…, mariadb://…, sqlite:///… or s3://…; a store is s3://bucket/prefix?endpoint=… or
           file:///folder. Passwords stay here. Keys of an S3 store come from the AWS variables and are kept in DIR.
           The task restore-test lets it test recovery points of its client here: it is then handed what opens them, in memory alone.
sentinel   lets one small file (or one row of a table of its own) be written there before each backup, with the date, for restore
           tests to find again. Without it the agent only reads.
show       who it is and what it may do
dir        where it keeps its keys: ./reprise-agent unless said, for the account that runs it alone
capacity   backups at once: 1 unless said`;

const OPTIONS = {
  code: { type: 'string' },
  fingerprint: { type: 'string' },
  dir: { type: 'string', default: './reprise-agent' },
  sentinel: { type: 'boolean', default: false },
  capacity: { type: 'string', default: '1' },
} as const;

/** Exit status 0 when it was told to stop, 2 when a person has to do something first. */
export async function run(args: string[]): Promise<number> {
  const call = read(args);
  if (!call) return wrongCall();
  const { values, positionals } = call;
  const [verb, what, ...rest] = positionals;
  if (verb === 'enrol' && what && values.code && values.fingerprint && rest.length === 0)
    return enrolHere(values.dir, { service: what, code: values.code, fingerprint: values.fingerprint });
  if (verb === 'allow' && what === 'source' && rest.length === 2)
    return allowed(
      allowSource(values.dir, { name: rest[0]!, address: rest[1]!, takesSentinel: values.sentinel }),
    );
  if (verb === 'allow' && what === 'store' && rest.length === 1)
    return allowed(allowStore(values.dir, { address: rest[0]!, ...readSettings().s3 }));
  if (verb === 'allow' && what === 'task' && rest.length === 1)
    return allowed(allowTask(values.dir, rest[0]!));
  if (verb === 'show' && !what) return show(values.dir);
  const capacity = Number(values.capacity);
  if (verb === 'run' && !what && Number.isInteger(capacity) && capacity >= 1 && capacity <= 64)
    return work(values.dir, capacity);
  return wrongCall();
}

async function enrolHere(folder: string, given: { service: string; code: string; fingerprint: string }) {
  const { name, client } = await enrol(folder, given);
  console.log(`This machine (${hostname()}) is now the agent ${name} of ${client}.`);
  console.log(
    'Next: reprise agent allow source NAME ADDRESS, reprise agent allow store ADDRESS, reprise agent run',
  );
  return 0;
}

async function allowed(done: Promise<void>) {
  await done;
  console.log('Allowed. A running agent knows it with its next request.');
  return 0;
}

async function show(folder: string) {
  const { name, client, service, agent } = await loadIdentity(folder);
  console.log(
    JSON.stringify({ name, client, service, agent, ...offered(await loadAllowed(folder)) }, null, 2),
  );
  return 0;
}

async function work(folder: string, capacity: number) {
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  console.error('The agent works. Stop it with Ctrl+C.');
  await runAgent(
    { folder, capacity, say: (text) => console.error(`${new Date().toISOString()} ${text}`) },
    abort.signal,
  );
  return 0;
}

function wrongCall() {
  console.error(usage);
  return 2;
}

function read(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch {
    return null;
  }
}
