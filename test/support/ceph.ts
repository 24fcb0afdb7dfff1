/**
 * One Ceph cluster on this machine: a monitor, a storage daemon that keeps everything in memory, and the S3 gateway.
 * All of them are children in the foreground, and the kernel kills them when the process that started them dies.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort } from '#/server/postgresql/ports.ts';
import { waitForPort } from './ports.ts';

const run = promisify(execFile);
const PATIENCE_MS = 30_000;
const PROGRAMS = ['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin', 'setpriv'];

/** The keys of an S3 user of the cluster. */
export interface S3User {
  accessKeyId: string;
  secretAccessKey: string;
}

/** A running cluster. `gatewayPort` is where S3 is spoken, on 127.0.0.1. */
export class CephCluster {
  readonly gatewayPort: number;
  readonly #folder: string;
  readonly #daemons: ChildProcess[] = [];
  #gateway: ChildProcess | null = null;

  private constructor(folder: string, gatewayPort: number) {
    this.#folder = folder;
    this.gatewayPort = gatewayPort;
  }

  /** Builds and starts a cluster in an empty folder: about two seconds. Throws when a program is missing or will not start. */
  static async start(folder: string): Promise<CephCluster> {
    await refuseMissingPrograms();
    const cluster = new CephCluster(folder, await findFreePort());
    try {
      await cluster.#startMonitor();
      await cluster.#startStorage();
      await cluster.startGateway();
      return cluster;
    } catch (error) {
      await cluster.kill();
      throw error;
    }
  }

  /** Makes an S3 user, allowed to make buckets of their own. */
  async createUser(name: string): Promise<S3User> {
    const user = {
      accessKeyId: randomBytes(10).toString('hex').toUpperCase(),
      secretAccessKey: randomBytes(20).toString('hex'),
    };
    await this.#run('radosgw-admin', 'user', 'create', `--uid=${name}`, `--display-name=${name}`, [
      `--access-key=${user.accessKeyId}`,
      `--secret-key=${user.secretAccessKey}`,
    ]);
    return user;
  }

  /** Starts the gateway, also after `killGateway`: the objects are still there. */
  async startGateway(): Promise<void> {
    this.#gateway = this.#spawn('radosgw', '-n', 'client.rgw.a');
    await Promise.race([waitForPort(this.gatewayPort, PATIENCE_MS), this.#failure(this.#gateway)]);
  }

  /** Ends the gateway as a power cut would. Connections are reset, new ones refused. */
  async killGateway(): Promise<void> {
    if (this.#gateway) await end(this.#gateway);
    this.#gateway = null;
  }

  /** Ends everything; the objects are gone. */
  async kill(): Promise<void> {
    await Promise.all([this.killGateway(), ...this.#daemons.map(end)]);
  }

  async #startMonitor(): Promise<void> {
    const id = randomUUID();
    const address = `[v2:127.0.0.1:${await findFreePort()}]`;
    for (const name of ['mon', 'osd', 'run', 'log']) await mkdir(join(this.#folder, name));
    await writeFile(this.#file('ceph.conf'), configuration(this.#folder, id, address, this.gatewayPort));
    await writeFile(this.#file('keyring'), keyring(), { mode: 0o600 });
    const map = this.#file('monmap');
    await this.#run('monmaptool', '--create', '--addv', 'a', address, '--fsid', [id, map]);
    await this.#run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', [map, '--keyring', this.#file('keyring')]);
    this.#daemons.push(this.#spawn('ceph-mon', '-i', 'a'));
  }

  async #startStorage(): Promise<void> {
    const id = randomUUID();
    await this.#run('ceph', 'osd', 'new', id);
    await Promise.all([
      this.#run('ceph-osd', '--mkfs', '-i', '0', '--osd-uuid', [id, '--no-mon-config']),
      this.#run('ceph', 'osd', 'crush', 'add', 'osd.0', ['1.0', 'host=localhost', 'root=default']),
    ]);
    const storage = this.#spawn('ceph-osd', '-i', '0');
    this.#daemons.push(storage);
    await Promise.race([this.#waitForStorage(), this.#failure(storage)]);
  }

  async #waitForStorage(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await this.#run('ceph', 'osd', 'stat')).includes('1 up')) {
      if (performance.now() > deadline) throw new Error(`Ceph's storage is not up after ${PATIENCE_MS} ms.`);
      await sleep(50);
    }
  }

  async #run(program: string, ...args: (string | string[])[]): Promise<string> {
    const { stdout } = await run(program, ['-c', this.#file('ceph.conf'), ...args.flat()], {
      timeout: PATIENCE_MS,
    });
    return stdout;
  }

  #spawn(program: string, ...args: string[]): ChildProcess {
    const whole = ['--pdeathsig', 'KILL', program, '-f', '-c', this.#file('ceph.conf'), ...args];
    return spawn('setpriv', whole, { stdio: 'ignore' });
  }

  /** Rejects when a daemon ends by itself, with the last words of its log. */
  async #failure(daemon: ChildProcess): Promise<never> {
    const [status] = await once(daemon, 'exit');
    const logs = await Promise.all(
      ['mon.a', 'osd.0', 'client.rgw.a'].map((name) =>
        readFile(this.#file(`log/${name}.log`), 'utf8').catch(() => ''),
      ),
    );
    throw new Error(`A Ceph daemon ended with status ${status}: ${logs.join('').slice(-1500)}`);
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}

async function refuseMissingPrograms(): Promise<void> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const isThere = async (program: string) =>
    Promise.any(folders.map((folder) => access(join(folder, program)))).then(
      () => true,
      () => false,
    );
  const missing: string[] = [];
  for (const program of PROGRAMS) if (!(await isThere(program))) missing.push(program);
  if (missing.length === 0) return;
  throw new Error(
    `The tests of S3 need a real server and miss ${missing.join(', ')}. ` +
      'On Debian: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd. ' +
      'To leave those tests out, set REPRISE_TEST_WITHOUT_S3=1.',
  );
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = once(daemon, 'exit');
  daemon.kill('SIGKILL');
  await ended;
}

/** The two last times matter most: by default the monitors wait so long for each other that a start takes 14 seconds. */
function configuration(folder: string, id: string, monitor: string, gatewayPort: number): string {
  return `[global]
fsid = ${id}
mon_initial_members = a
mon_host = ${monitor}
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_allow_insecure_global_id_reclaim = false
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_data = ${folder}/mon
mon_data_avail_crit = 1
mon_data_avail_warn = 2
osd_data = ${folder}/osd
osd_journal =
osd_objectstore = memstore
memstore_device_bytes = 6442450944
osd_max_object_name_len = 2048
run_dir = ${folder}/run
admin_socket = ${folder}/run/$name.asok
log_file = ${folder}/log/$name.log
keyring = ${folder}/keyring
debug_none = 0
rgw_frontends = beast endpoint=127.0.0.1:${gatewayPort}
rgw_thread_pool_size = 64
rgw_enable_usage_log = false
rgw_ops_log_file_path =
paxos_propose_interval = 0.05
paxos_min_wait = 0.02
`;
}

function keyring(): string {
  const all = ['mon', 'osd', 'mgr'];
  return [
    entry('mon.', { mon: 'allow *' }),
    entry('osd.0', { mon: 'allow profile osd', osd: 'allow *', mgr: 'allow profile osd' }),
    ...['client.admin', 'client.rgw.a'].map((name) =>
      entry(name, Object.fromEntries(all.map((service) => [service, 'allow *']))),
    ),
  ].join('');
}

function entry(name: string, rights: Record<string, string>): string {
  const caps = Object.entries(rights).map(([service, right]) => `\tcaps ${service} = "${right}"\n`);
  return `[${name}]\n\tkey = ${newKey()}\n${caps.join('')}`;
}

/** A key as Ceph writes it: type 1 (AES), time of making, length, and 16 random bytes. */
function newKey(): string {
  const header = Buffer.alloc(12);
  header.writeUInt16LE(1, 0);
  header.writeUInt32LE(Math.floor(Date.now() / 1000), 2);
  header.writeUInt16LE(16, 10);
  return Buffer.concat([header, randomBytes(16)]).toString('base64');
}
