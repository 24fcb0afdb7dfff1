/**
 * An S3 server for the benchmark and nothing else: `node server.ts FOLDER`. It checks no signature, computes no MD5 and
 * waits for no disk, so that what is measured is its clients. Prints its port, and ends with its input.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Asked, readAsked } from './asked.ts';
import { Files } from './files.ts';
import { listObjects } from './listing.ts';
import { getObject, putObject, removeObject } from './objects.ts';
import { Refusal } from './refusal.ts';
import { Uploads } from './uploads.ts';
import { element, sendXml } from './xml.ts';

const LIST_OPTIONS = new Set([
  ...['list-type', 'prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'marker'],
  ...['encoding-type', 'fetch-owner', 'metadata', 'x-id'],
]);

const files = new Files(process.argv[2]!);
const uploads = new Uploads(files);

const server = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 }, async (request, response) => {
  try {
    const asked = readAsked(request);
    await (asked.key ? answerForObject(asked, response) : answerForBucket(asked, response));
  } catch (error) {
    refuse(response, error);
  }
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.on('end', () => process.exit()).resume();

function answerForBucket(asked: Asked, response: ServerResponse): void {
  const { request, query } = asked;
  if (request.method === 'PUT') {
    files.makeBucket(asked);
    response.end();
  } else if (request.method === 'HEAD') {
    files.bucket(asked);
    response.end();
  } else if (request.method !== 'GET') throw new Refusal('NotImplemented');
  else if (query.has('location')) sendXml(response, 200, element('LocationConstraint', ''));
  else if (query.has('uploads')) uploads.list(asked, response);
  else if ([...query.keys()].every((name) => LIST_OPTIONS.has(name))) listObjects(files, asked, response);
  else throw new Refusal('NotImplemented');
}

async function answerForObject(asked: Asked, response: ServerResponse): Promise<void> {
  const { request, query } = asked;
  const isOfUpload = query.has('uploadId');
  if (query.has('retention') || request.headers['x-amz-object-lock-mode'])
    throw new Refusal('InvalidRequest');
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return getObject(files, asked, response);
    case 'PUT':
      if (request.headers['x-amz-copy-source']) throw new Refusal('NotImplemented');
      return isOfUpload ? uploads.part(asked, response) : putObject(files, asked, response);
    case 'DELETE':
      return isOfUpload ? uploads.abort(asked, response) : removeObject(files, asked, response);
    case 'POST':
      if (query.has('uploads')) return uploads.begin(asked, response);
      if (isOfUpload) return uploads.complete(asked, response);
  }
  throw new Refusal('NotImplemented');
}

function refuse(response: ServerResponse, error: unknown): void {
  // Whoever asked has gone.
  if (response.destroyed || response.headersSent) return void response.destroy();
  if (!(error instanceof Refusal)) console.error(error);
  const { status, code } = error instanceof Refusal ? error : { status: 500, code: 'InternalError' };
  sendXml(response, status, element('Error', [element('Code', code), element('Message', code)]));
}
