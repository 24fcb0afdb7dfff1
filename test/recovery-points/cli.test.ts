import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { listTree } from './world.ts';

/** The same command in this process, with what it shows caught. */
async function run(command: string, ...args: string[]) {
  const { run: follow } = (await import(`#/server/cli/${command}.ts`)) as {
    run(args: string[]): Promise<number>;
  };
  const { log, error } = console;
  const write = process.stderr.write;
  let [stdout, stderr] = ['', ''];
  console.log = (line: string) => {
    stdout += `${line}\n`;
  };
  console.error = (line: string) => {
    stderr += `${line}\n`;
  };
  process.stderr.write = (text) => {
    stderr += text;
    return true;
  };
  try {
    const status = await follow(args);
    return { status, stdout, stderr, json: () => JSON.parse(stdout.trim().split('\n').at(-1)!) };
  } finally {
    Object.assign(console, { log, error });
    process.stderr.write = write;
  }
}

describe('the engine on the command line', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'reprise-cli-'));
    mkdirSync(path.join(folder, 'source'));
    writeFileSync(path.join(folder, 'source', 'a.txt'), 'content');
    expect((await run('keys', 'new', '--out', at('keys'))).status).to.equal(0);
  });
  after(() => rmSync(folder, { recursive: true }));

  const at = (...parts: string[]) => path.join(folder, ...parts);
  /** As a person would, in a process of its own. */
  const runAsProgram = (...args: string[]) => {
    const program = fileURLToPath(new URL('../../server/reprise.mjs', import.meta.url));
    const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      encoding: 'utf8',
      env,
    });
    return { status, stderr, json: () => JSON.parse(stdout.trim().split('\n').at(-1)!) };
  };
  const store = () => `file://${at('store')}`;

  it('tells the fingerprint of a key file, the same for both halves, and never the secret', async () => {
    const secret = await run('keys', 'show', at('keys', 'identity.txt'), '--json');
    const open = await run('keys', 'check', at('keys', 'recipient.txt'), '--json');
    expect(secret.json().keys).to.deep.equal(open.json().keys);
    expect(secret.json().keys[0].fingerprint).to.match(/^[0-9a-f]{16}$/);
    expect(secret.stdout + secret.stderr).to.not.include('AGE-SECRET-KEY');
  });

  it('notices one mistyped character of an identity', async () => {
    const text = readFileSync(at('keys', 'identity.txt'), 'utf8').trimEnd();
    writeFileSync(at('mistyped.txt'), text.slice(0, -1) + (text.endsWith('Q') ? 'P' : 'Q'));
    expect((await run('keys', 'check', at('mistyped.txt'))).status).to.equal(2);
  });
  const to = (address: string, asset: string) => ['--to', address, '--asset', asset];
  const from = (address = store()) => ['--from', address, '--asset', 'docs'];
  const keys = () => ['--recipient', at('keys', 'recipient.txt'), '--sign-key', at('keys', 'signing.key')];
  const identity = () => ['--identity', at('keys', 'identity.txt')];
  const backUp = (...more: string[]) =>
    run('backup', at('source'), ...to(store(), 'docs'), ...keys(), ...more);
  const newPoint = async () => (await backUp('--json')).json().pointId as string;

  it('makes four key files for their owner only, and never overwrites one', async () => {
    for (const name of ['identity.txt', 'recipient.txt', 'signing.key', 'signing.pub'])
      expect(statSync(at('keys', name)).mode & 0o777, name).to.equal(0o600);
    const identityText = readFileSync(at('keys', 'identity.txt'), 'utf8');
    expect((await run('keys', 'new', '--out', at('keys'))).status).to.equal(2);
    expect(readFileSync(at('keys', 'identity.txt'), 'utf8')).to.equal(identityText);
  });

  it('goes from backup to restore, with one JSON object last', async () => {
    const made = runAsProgram('backup', at('source'), ...to(store(), 'docs'), ...keys(), '--json');
    expect(made.status, made.stderr).to.equal(0);
    expect(made.json()).to.include({ asset: 'docs', state: 'complete', files: 1 });
    const { points } = runAsProgram('points', ...from(), '--json').json();
    expect(points).to.have.length(1);
    const shown = runAsProgram('keys', 'show', at('keys', 'recipient.txt'), '--json').json().keys[0];
    expect(points[0].sealedTo).to.deep.equal([shown.fingerprint]);
    expect((await run('points', 'list', ...from())).stdout).to.include(`sealed to ${shown.fingerprint}`);
    const { store: address, ...latest } = runAsProgram(
      'points',
      'show',
      'latest',
      ...from(),
      '--json',
    ).json();
    expect(address).to.equal(store());
    expect(latest).to.deep.equal(points[0]);
    const told = (await run('points', 'show', points[0].id, ...from())).stdout;
    expect(told).to.match(new RegExp(`^${points[0].id}\n(.+\n)*sealed to +${shown.fingerprint}\n`));
    const gone = points[0].id.replace(/\d{3}Z/, '999Z');
    expect((await run('points', 'show', gone, ...from())).status).to.equal(1);
    expect((await run('points', 'show', '../x', ...from())).status).to.equal(2);
    const trust = ['--trust', at('keys', 'signing.pub')];
    const proof = runAsProgram(
      'verify',
      'latest',
      ...from(),
      ...identity(),
      '--level',
      'L3',
      ...trust,
      '--json',
    );
    expect(proof.status, proof.stderr).to.equal(0);
    expect(proof.json()).to.include({ reached: 'L3', verdict: 'passed', signature: 'trusted' });
    const keyText = ['--trust', readFileSync(at('keys', 'signing.pub'), 'utf8')];
    const back = runAsProgram(
      'restore',
      'latest',
      ...from(),
      ...identity(),
      '--into',
      at('back'),
      ...keyText,
      '--json',
    );
    expect(back.status, back.stderr).to.equal(0);
    expect(back.json().signature).to.equal('trusted');
    expect(listTree(at('back'))).to.deep.equal(listTree(at('source')));
  });

  it('gives one file to standard output and words to standard error, and lists what there is', async () => {
    const point = await newPoint();
    const program = fileURLToPath(new URL('../../server/reprise.mjs', import.meta.url));
    const call = [program, 'restore', point, ...from(), ...identity(), '--file', 'a.txt', '--to-stdout'];
    const { status, stdout, stderr } = spawnSync(process.execPath, call, { encoding: 'utf8' });
    expect([status, stdout], stderr).to.deep.equal([0, 'content']);
    expect(stderr).to.contain('a.txt: 7 bytes').and.contain('SHA-256 ed7002b439e9ac845f22357d822bac');
    const gone = spawnSync('sh', ['-c', '{ "$@"; echo $? >&2; } | true', 'sh', process.execPath, ...call], {
      encoding: 'utf8',
    });
    expect(gone.stderr.trim().split('\n').at(-1)).to.match(/^[04]$/);
    expect(gone.stderr).to.not.contain('    at ');
    const listed = await run('points', 'files', point, ...from(), ...identity(), '--json');
    expect(
      listed.stdout
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line)),
    ).to.deep.equal([
      { ...JSON.parse(listed.stdout.split('\n')[0]!), path: 'a.txt', size: 7, reservation: null },
      {
        ...{ asset: 'docs', pointId: point, signature: 'self-consistent', listed: 1, bytes: 7 },
        ...{ reservations: 0, sourceReservations: [] },
      },
    ]);
    const none = await run('points', 'files', point, ...from(), ...identity(), '--glob', '*.odt');
    expect(none.stdout).to.contain('0 listed');
  });

  it('goes on with a restore and writes over only when it is told to', async () => {
    const point = await newPoint();
    const call = ['restore', point, ...from(), ...identity(), '--into', at('again')];
    expect((await run(...(call as [string]))).status).to.equal(0);
    const refused = await run(...(call as [string]));
    expect([refused.status, refused.stderr.includes('--overwrite')]).to.deep.equal([2, true]);
    writeFileSync(at('again', 'a.txt'), 'changed');
    expect((await run(...(call as [string]), '--overwrite', '--resume')).status).to.equal(0);
    expect(readFileSync(at('again', 'a.txt'), 'utf8')).to.equal('content');
  });

  it('proves a sample within a budget, and keeps what was proven in a file', async () => {
    const point = await newPoint();
    const call = [point, ...from(), ...identity(), '--level', 'L2b', '--proven', at('proven.json')];
    const sample = await run('verify', ...call, '--budget-bytes', '1000000');
    expect(sample.status, sample.stderr).to.equal(0);
    expect(sample.stdout)
      .to.contain('passed as a sample, reached L0')
      .and.contain('1 of 1 packs read in this run; 1 of 1 in the last 30 days');
    const { proofs } = JSON.parse(readFileSync(at('proven.json'), 'utf8'));
    expect(proofs).to.have.length(1);
    expect((await run('verify', ...call, '--budget-seconds', 'x')).status).to.equal(2);
    expect((await run('verify', ...call, '--level', 'L3', '--budget-seconds', '5')).status).to.equal(2);
    writeFileSync(at('proven.json'), '{}');
    expect((await run('verify', ...call)).status).to.equal(2);
  });

  it('tells on damage which files, which points, and what there is to go back to', async () => {
    const earlier = await newPoint();
    const point = await newPoint();
    const head = JSON.parse(readFileSync(at('store', 'docs', 'snapshots', point, 'head.json'), 'utf8'));
    const pack = at('store', 'docs', 'packs', `${head.packs[0].sha256}.tar.zst.age`);
    const whole = readFileSync(pack);
    rmSync(pack);
    const { status, stdout } = await run('verify', point, ...from(), ...identity(), '--level', 'L2b');
    writeFileSync(pack, whole);
    expect(status).to.equal(1);
    expect(stdout)
      .to.contain(`bad or missing pack: ${head.packs[0].sha256}`)
      .and.contain('    a.txt\n')
      .and.contain('other points that need such a pack: none')
      .and.contain(`newest point that is whole as far as L0 shows: ${earlier}`);
  });

  it('ends with 3 when something at the source was not whole, and names it', async () => {
    mkdirSync(at('odd'));
    const odd = await run(
      'backup',
      '/proc/sys/kernel/random',
      ...to(`file://${at('odd')}`, 'odd'),
      ...keys(),
    );
    expect(odd.status).to.equal(3);
    expect(odd.stdout).to.contain('torn: boot_id');
    const server = createServer().listen(at('source', 'socket'));
    await once(server, 'listening');
    expect((await backUp()).status).to.equal(0);
    server.close();
  });

  it('ends with 1 when the data are bad', async () => {
    const point = await newPoint();
    const head = at('store', 'docs', 'snapshots', point, 'head.json');
    writeFileSync(head, readFileSync(head, 'utf8').replace('"files":1', '"files":2'));
    const verified = await run('verify', point, ...from(), '--level', 'L0', '--json');
    expect([verified.status, verified.json().verdict]).to.deep.equal([1, 'failed']);
    const restored = await run('restore', point, ...from(), ...identity(), '--into', at('bad'), '--json');
    expect([restored.status, restored.json().state]).to.deep.equal([1, 'failed']);
  });

  it('ends with 4 when nothing can be said: no store, no key, no credentials', async () => {
    const point = await newPoint();
    for (const call of [
      from(`file://${at('away')}`),
      from(),
      [...from(), '--identity', at('no-such-file')],
      from('s3://bucket/x?endpoint=http://127.0.0.1:1'),
    ])
      expect((await run('verify', point, '--level', 'L2b', ...call)).status, call.join(' ')).to.equal(4);
  });

  it('ends with 2 and shows the usage when the call is wrong', async () => {
    const wrong: [string, ...string[]][] = [
      ['keys'],
      ['keys', 'old', '--out', at('x')],
      ['backup', at('source')],
      ['backup', at('source'), '--unknown', 'x'],
      ['verify', 'latest', ...from(), '--level', 'L9'],
      ['points', 'extra', ...from()],
      ['restore', 'latest', ...from()],
      ['restore', 'latest', ...from(), ...identity(), '--file', 'a.txt'],
      ['restore', 'latest', ...from(), ...identity(), '--file', 'a.txt', '--to-stdout', '--into', at('z')],
      ['points', 'files', ...from()],
    ];
    for (const call of wrong) {
      const { status, stderr, stdout } = await run(...call);
      expect(status, call.join(' ')).to.equal(2);
      expect(stderr).to.contain(`reprise ${call[0]}`);
      expect(stdout).to.equal('');
    }
    expect((await run('points', '--from', store(), '--asset', '../x')).status).to.equal(2);
    expect((await run('points', '--from', 'ftp://x', '--asset', 'docs')).status).to.equal(2);
    expect((await backUp('--asset', '.hidden')).status).to.equal(2);
  });

  it('never repeats a secret that was typed where it does not belong', async () => {
    const secret = readFileSync(at('keys', 'identity.txt'), 'utf8').trim().split('\n').at(-1)!;
    const asIdentity = await run('restore', 'latest', ...from(), '--into', at('y'), '--identity', secret);
    const asRecipient = await backUp('--recipient', secret);
    for (const { status, stdout, stderr } of [asIdentity, asRecipient]) {
      expect(status).to.equal(2);
      expect(stdout + stderr).to.not.contain(secret.slice(20));
    }
  });

  it('explains itself', async () => {
    for (const command of ['keys', 'backup', 'points', 'verify', 'restore'])
      expect((await run(command, '--help')).stdout).to.contain(`reprise ${command}`);
  });
});
