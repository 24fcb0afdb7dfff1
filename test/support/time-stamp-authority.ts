/** A time-stamp authority: `openssl ts` behind HTTP. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

export interface Authority extends AsyncDisposable {
  url: string;
  /** Its certificate, which whoever trusts it keeps. */
  certificate: string;
  /** What it answers instead of a stamp, when set. */
  answer: { status: number; body: Buffer } | null;
  /** Its last true answer. */
  last: Buffer | null;
}

export async function startAuthority(): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-tsa-'));
  const at = (name: string) => join(folder, name);
  const certificate = at('tsa.pem');
  const run = (args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  run(
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa.key -out tsa.pem -days 2 -subj /CN=Horodatage -addext extendedKeyUsage=critical,timeStamping -addext keyUsage=critical,digitalSignature`.split(
      ' ',
    ),
  );
  writeFileSync(at('serial'), '01\n');
  writeFileSync(
    at('tsa.cnf'),
    '[tsa]\ndefault_tsa=it\n[it]\nserial=serial\nsigner_cert=tsa.pem\nsigner_key=tsa.key\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256\ness_cert_id_alg=sha256\n',
  );
  const server = createServer(async (request, response) => {
    writeFileSync(at('query'), await buffer(request));
    if (authority.answer) return void response.writeHead(authority.answer.status).end(authority.answer.body);
    run(['ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query', '-out', 'answer']);
    authority.last = readFileSync(at('answer'));
    response.setHeader('content-type', 'application/timestamp-reply').end(authority.last);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const authority: Authority = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`,
    certificate,
    answer: null,
    last: null,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return authority;
}
