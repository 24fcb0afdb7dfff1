/** No part of `npm test`: `npx mocha --no-config test/bench/s3/server.test.ts`. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { openStore } from '#/jobs/stores/open.ts';
import { conformance } from '../../stores/conformance.ts';
import { type S3Server, startS3 } from './start.ts';

const credentials = { accessKeyId: 'anybody', secretAccessKey: 'anything' };

describe('the S3 server of the benchmark, as a store', () => {
  let folder: string;
  let server: S3Server;
  let buckets = 0;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bench-s3-'));
    server = await startS3(folder);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  conformance(async () => {
    const bucket = `bucket-${buckets++}`;
    await fetch(`${server.endpoint}/${bucket}`, { method: 'PUT' });
    return openStore(`s3://${bucket}/some/prefix?endpoint=${server.endpoint}`, { credentials });
  });

  it('takes a file that was put back for what it was', async () => {
    const object = `${server.endpoint}/back/a`;
    await fetch(`${server.endpoint}/back`, { method: 'PUT' });
    await fetch(object, { method: 'PUT', body: 'first', headers: { 'x-amz-meta-said': 'one' } });
    const [file, copy] = [path.join(folder, 'back', 'a'), path.join(folder, 'copy')];
    spawnSync('cp', ['--archive', file, copy]);
    const { headers } = await fetch(object);
    await fetch(object, { method: 'PUT', body: 'second', headers: { 'x-amz-meta-said': 'two' } });
    spawnSync('cp', ['--archive', copy, file]);
    const again = await fetch(object);
    expect(await again.text()).to.equal('first');
    expect(again.headers.get('x-amz-meta-said')).to.equal('one');
    expect(again.headers.get('etag')).to.equal(headers.get('etag'));
  });

  it('takes off what stands around signed chunks, and their trailers', async () => {
    await fetch(`${server.endpoint}/chunks`, { method: 'PUT' });
    const body = '5;chunk-signature=aa\r\nhello\r\n3\r\nyou\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n';
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '8',
    };
    const put = (chunks: string) =>
      fetch(`${server.endpoint}/chunks/a`, { method: 'PUT', headers, body: chunks });
    expect((await put(body)).status).to.equal(200);
    expect((await put(body.replace('3\r\nyou\r\n', ''))).status).to.equal(400);
    expect(await (await fetch(`${server.endpoint}/chunks/a`)).text()).to.equal('helloyou');
  });

  for (const [version, token] of [
    ['list-type=2', /<NextContinuationToken>(.*)<\/Next/],
    ['', /<NextMarker>(.*)<\/Next/],
  ] as const)
    it(`lists page after page, and folders once, by ${version || 'the old list'}`, async () => {
      const bucket = `pages-${version.length}`;
      for (const name of ['', '/.z', '/a&b', '/c/1', '/c/2', '/d', '/e'])
        await fetch(`${server.endpoint}/${bucket}${name}`, { method: 'PUT' });
      const seen: string[] = [];
      for (let from: string | undefined = ''; from !== undefined; ) {
        const after: string = from && `&${version ? 'continuation-token' : 'marker'}=${from}`;
        const list = `${server.endpoint}/${bucket}?${version}&delimiter=/&max-keys=2&encoding-type=url${after}`;
        const page: string = await (await fetch(list)).text();
        seen.push(...[...page.matchAll(/<(?:Key|CommonPrefixes><Prefix)>(.*?)</g)].map(([, name]) => name!));
        from = token.exec(page)?.[1];
      }
      expect(seen).to.deep.equal(['.z', 'a%26b', 'c/', 'd', 'e']);
    });
});
