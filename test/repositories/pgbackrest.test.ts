import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { openRepository } from '#/jobs/repositories/open.ts';
import { proveSnapshot } from '#/jobs/repositories/prove.ts';
import { missingLogs } from '#/jobs/repositories/wal-segments.ts';
import { fingerprint, REPOSITORY_PASSWORD } from './made.ts';

/** Debian's own: what its pgBackRest knows. */
const SERVERS = '/usr/lib/postgresql';

describe('a repository of pgBackRest', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'reprise-pgbackrest-'));
    backUpServer(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const request = (place = 'repository', password = REPOSITORY_PASSWORD) => {
    const scratchDir = mkdtempSync(join(tmpdir(), 'reprise-scratch-'));
    after(() => rmSync(scratchDir, { recursive: true, force: true }));
    const address = pathToFileURL(join(folder, place)).href;
    const signal = new AbortController().signal;
    return {
      tool: 'pgbackrest' as const,
      series: 'main',
      address,
      secrets: { password },
      scratchDir,
      signal,
    };
  };
  const newest = async () => (await openRepository(request()).snapshots()).at(-1)!;

  it('is listed with when each backup was whole, and proved by restoring it, tablespaces too, without a start of its server', async () => {
    const before = fingerprint(join(folder, 'repository'));
    const { id, dataTime, endedAt, series } = await newest();
    expect(series).to.equal('main');
    expect(endedAt!.getTime()).to.be.at.least(dataTime.getTime());
    const proof = await proveSnapshot({ ...request(), snapshot: id, level: 'L3', brokenBefore: [] });
    expect(proof, JSON.stringify(proof)).to.deep.include({
      verdict: 'passed',
      reached: 'L3',
      differences: [],
    });
    expect(proof.plantedFaults.map(({ kind, caught }) => `${kind} ${caught}`)).to.deep.equal(
      ['byte-changed', 'pack-missing', 'file-missing', 'file-shortened', 'file-added', 'content-changed'].map(
        (kind) => `${kind} true`,
      ),
    );
    expect(proof.notShown).to.deep.equal(['not-started']);
    const listed = await openRepository(request()).list(id);
    expect(listed.filter(({ path }) => path.startsWith('tablespaces/apart/'))).to.not.have.length(0);
    expect(proof.tool).to.match(/^pgBackRest \d+\.\d+/);
    expect(fingerprint(join(folder, 'repository'))).to.equal(before);
  });

  it('fails where a log is gone that makes the backup whole, of which verify says nothing', async () => {
    const { id } = await newest();
    cpSync(join(folder, 'repository'), join(folder, 'without-log'), { recursive: true });
    const logs = join(folder, 'without-log', 'archive', 'main');
    const last = readdirSync(logs, { recursive: true, encoding: 'utf8' })
      .filter((name) => /-[0-9a-f]{40}/.test(name))
      .sort();
    rmSync(join(logs, last.at(-1)!));
    const proof = await proveSnapshot({
      ...request('without-log'),
      snapshot: id,
      level: 'L3',
      brokenBefore: [],
    });
    expect(proof).to.include({ verdict: 'failed', reached: null });
    expect(proof.levels.at(-1)!.observed).to.match(/^log [0-9A-F]{24} is not there/);
  });

  it('fails where it is gone, and only its lists still tell of it', async () => {
    const { id } = await newest();
    cpSync(join(folder, 'repository'), join(folder, 'without-backup'), { recursive: true });
    rmSync(join(folder, 'without-backup', 'backup', 'main', id), { recursive: true });
    const proof = await proveSnapshot({
      ...request('without-backup'),
      snapshot: id,
      level: 'L3',
      brokenBefore: [],
    });
    expect(proof).to.include({ verdict: 'failed', reached: null });
    expect(proof.levels.at(-1)!.observed).to.equal(`verify did not find backup ${id}`);
  });

  it('fails where a file of it is damaged', async () => {
    const { id } = await newest();
    cpSync(join(folder, 'repository'), join(folder, 'damaged'), { recursive: true });
    const file = join(folder, 'damaged', 'backup', 'main', id.slice(0, 16), 'pg_data', 'PG_VERSION.gz');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    const proof = await proveSnapshot({
      ...request('damaged'),
      snapshot: id,
      level: 'L3',
      brokenBefore: [],
    });
    expect(proof).to.include({ verdict: 'failed', reached: null });
  });

  it('says nothing with a wrong password, nor of what it holds', async () => {
    const error = await openRepository(request('repository', 'another one'))
      .snapshots()
      .then(
        () => null,
        (thrown) => thrown,
      );
    expect(error.because.code).to.equal('repository.tool-refused');
    expect(error.message)
      .to.match(/^[\x20-\x7e]*$/)
      .and.not.include('another one');
  });
});

describe('the logs that make a physical backup whole', () => {
  const log = (segment: string) => `${segment.slice(0, 16)}/${segment}-${'a'.repeat(40)}.gz`;
  const find = (start: string, stop: string, kept: string[]) =>
    missingLogs({ start, stop }, async () => kept.map(log));
  const [A, B, C] = ['0000000100000000000000FE', '0000000100000000000000FF', '000000010000000100000000'];

  it('are there from the first to the last, over the end of a log as well', async () => {
    expect(await find(A, C, [A, B, C])).to.equal(null);
  });

  it('are missed at either end and between', async () => {
    expect(await find(A, C, [B, C])).to.include(A);
    expect(await find(A, C, [A, B])).to.include(C);
    expect(
      await find('000000010000000000000001', '000000010000000000000003', [
        '000000010000000000000001',
        '000000010000000000000003',
      ]),
    ).to.include('between');
  });
});

/** A small server of PostgreSQL with its logs archived, backed up once and encrypted. It does not run as root. */
function backUpServer(folder: string): void {
  const owner = process.getuid!() === 0 ? userNamed('postgres') : null;
  const at = (name: string) => join(folder, name);
  const server = (program: string) => join(SERVERS, readdirSync(SERVERS).sort().at(-1)!, 'bin', program);
  const run = (program: string, args: string[], env: object = {}) => {
    const { status, stderr, error } = spawnSync(program, args, {
      ...{ cwd: folder, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], ...owner },
      env: { PATH: process.env.PATH!, HOME: folder, ...env },
    });
    if (error)
      throw new Error(`${program} is needed: apt-get install pgbackrest postgresql.`, { cause: error });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  };
  if (owner) chownSync(folder, owner.uid, owner.gid);
  run('mkdir', ['repository', 'lock', 'run', 'apart']);
  run(server('initdb'), ['-D', at('pg'), '-A', 'trust', '-U', 'postgres', '-k', '-N']);
  writeFileSync(
    at('pgbackrest.conf'),
    `[global]
repo1-path=${at('repository')}
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=${REPOSITORY_PASSWORD}
repo1-retention-full=9
lock-path=${at('lock')}
log-level-file=off
start-fast=y
[main]
pg1-path=${at('pg')}
pg1-socket-path=${at('run')}
pg1-user=postgres
`,
  );
  const pgbackrest = `pgbackrest --config=${at('pgbackrest.conf')} --stanza=main`;
  appendFileSync(
    at('pg/postgresql.conf'),
    `listen_addresses=''
unix_socket_directories='${at('run')}'
archive_mode=on
archive_command='${pgbackrest} archive-push %p'
fsync=off
`,
  );
  run(server('pg_ctl'), ['-D', at('pg'), '-w', '-l', at('log'), 'start']);
  try {
    for (const statement of [
      `create tablespace apart location '${at('apart')}'`,
      'create table kept tablespace apart as select generate_series(1, 100) as figure',
    ])
      run(server('psql'), ['-h', at('run'), '-U', 'postgres', '-qc', statement]);
    for (const command of ['stanza-create', 'backup', 'backup --type=incr'])
      run('sh', ['-c', `${pgbackrest} ${command}`]);
  } finally {
    run(server('pg_ctl'), ['-D', at('pg'), '-m', 'immediate', 'stop']);
  }
}

function userNamed(name: string): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
