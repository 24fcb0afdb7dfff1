/** A restic repository behind a server of ours on loopback, in restic's own REST protocol, with one pack damaged or gone. */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Listed, Store } from '../stores/store.ts';
import { changeByte, type Damage, type DamageView, type ViewRequest } from './damage.ts';
import { GIVES_UP_SOON } from './restic.ts';
import { secretFile } from './secret-file.ts';
import { storeOf } from './store-of.ts';
import { runTool } from './tool.ts';

/** restic reads a share of all packs by the first byte of their names. */
const SHARES = 256;

export async function viewRestic({ address, secrets, scratchDir, signal }: ViewRequest): Promise<DamageView> {
  const store = await storeOf(address, secrets);
  const victim = await largestPack(store);
  const name = victim.slice(victim.lastIndexOf('/') + 1);
  let damage: Damage | null = null;
  // Nobody else on this machine can guess it.
  const secret = randomBytes(16).toString('hex');
  const server = createServer((request, response) => {
    answer({ store, secret, hit: damage && { victim, damage } }, request, response).catch(() =>
      response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    async check(next) {
      damage = next;
      const home = await mkdtemp(join(scratchDir, 'view-'));
      await mkdir(join(home, 'cache'));
      const { status, complaint } = await runTool({
        program: 'restic',
        args: [
          ...['--no-lock', '--no-cache', 'check'],
          `--read-data-subset=${Number.parseInt(name.slice(0, 2), 16) + 1}/${SHARES}`,
        ],
        env: {
          RESTIC_REPOSITORY: `rest:http://127.0.0.1:${port}/${secret}/`,
          RESTIC_PASSWORD_FILE: secretFile(home, 'password', secrets.password),
          RESTIC_CACHE_DIR: join(home, 'cache'),
          ...{ TMPDIR: home, HOME: home },
        },
        secrets,
        enough: GIVES_UP_SOON,
        signal,
      });
      return status === 0 ? null : complaint || 'restic check ended badly';
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await store.close();
    },
  };
}

async function largestPack(store: Store): Promise<string> {
  let largest: Listed | null = null;
  for await (const one of store.list('data/')) if (!largest || one.bytes > largest.bytes) largest = one;
  return largest?.key ?? '';
}

interface Served {
  store: Store;
  secret: string;
  hit: { victim: string; damage: Damage } | null;
}

async function answer(
  { store, secret, hit }: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, given, kind = '', name] = (request.url ?? '').split('?')[0]!.split('/');
  if (given !== secret || (request.method !== 'GET' && request.method !== 'HEAD'))
    return void response.writeHead(403).end();
  const isGone = (key: string) => hit?.damage === 'pack-missing' && hit.victim === key;
  if (name === '') {
    const listed = (await Array.fromAsync(store.list(`${kind}/`))).filter(({ key }) => !isGone(key));
    response.writeHead(200, { 'content-type': 'application/vnd.x.restic.rest.v2' });
    return void response.end(
      JSON.stringify(
        listed.map(({ key, bytes }) => ({ name: key.slice(key.lastIndexOf('/') + 1), size: bytes })),
      ),
    );
  }
  const key = keyOf(kind, name);
  const found = isGone(key) ? null : await store.head(key);
  if (!found) return void response.writeHead(404).end();
  if (request.method === 'HEAD') return void response.writeHead(200, { 'content-length': found.bytes }).end();
  const isHit = hit?.damage === 'byte-changed' && hit.victim === key;
  await send(response, request.headers.range, found.bytes, (range) =>
    isHit
      ? store.get(key).then((bytes) => changeByte(bytes).subarray(range.start, range.start + range.bytes))
      : store.getRange(key, range),
  );
}

/** restic keeps packs in folders by the beginning of their names, and says nothing of these to its server. */
function keyOf(kind: string, name: string | undefined): string {
  if (name === undefined) return kind;
  return kind === 'data' ? `data/${name.slice(0, 2)}/${name}` : `${kind}/${name}`;
}

async function send(
  response: ServerResponse,
  asked: string | undefined,
  total: number,
  read: (range: { start: number; bytes: number }) => Promise<Buffer>,
): Promise<void> {
  const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(asked ?? '') ?? [];
  const start = Number(from);
  const end = Math.min(to === '' ? total - 1 : Number(to), total - 1);
  const bytes = await read({ start, bytes: end - start + 1 });
  const headers = { 'content-length': bytes.length };
  response.writeHead(
    asked ? 206 : 200,
    asked ? { ...headers, 'content-range': `bytes ${start}-${end}/${total}` } : headers,
  );
  response.end(bytes);
}
