import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createTestDatabase, type TestDatabase } from '../support/postgresql.ts';

const PROGRAM = fileURLToPath(new URL('../../server/reprise.mjs', import.meta.url));

describe('a start that this machine does not allow', () => {
  let folder: string;
  let database: TestDatabase;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-start-'));
    database = await createTestDatabase();
  });
  after(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const serve = (env: Record<string, string>, ...args: string[]) =>
    spawnSync(process.execPath, [PROGRAM, 'serve', '--data', folder, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LOG_LEVEL: 'error', ...env },
      timeout: 60_000,
    });
  /** One sentence or two at the end, no stack, and the status of a wrong call. Log lines in JSON may come before. */
  const expectWords = ({ status, stderr }: ReturnType<typeof serve>, ...words: RegExp[]) => {
    expect(stderr).not.to.match(/^ {4}at /m);
    for (const word of words) expect(stderr).to.match(word);
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).to.have.length(1);
    expect(status).to.equal(2);
  };

  it('names a taken port and what to choose instead', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    try {
      expectWords(serve({}, '--port', String(port)), new RegExp(`Port ${port} .*EADDRINUSE`), /--port/);
    } finally {
      holder.close();
    }
  });

  it('names a folder that cannot be used', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expectWords(serve({}, '--data', join(file, 'data')), /file\/data/, /ENOTDIR/, /--data/);
  });

  it('tells a database that does not answer from one that refuses, and from one that is not prepared', () => {
    const at = (change: Partial<URL>) => ({
      DATABASE_URL: Object.assign(new URL(database.serviceUrl), change).href,
    });
    expectWords(serve(at({ port: '1' })), /does not answer \(ECONNREFUSED\)/, /DATABASE_URL/);
    const refused = serve(at({ password: 'wrong-password' }));
    expectWords(refused, /refuses the role or password/);
    expect(refused.stderr).not.to.include('wrong-password');
    expectWords(serve(at({ pathname: '/nowhere' })), /does not exist/);
    expectWords(serve(at({})), /reprise migrate/);
  });
});
