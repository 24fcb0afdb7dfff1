import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { InPlace } from '#/jobs/stores/http-in-place.ts';

describe('reading in place', () => {
  const asked: IncomingMessage[] = [];
  let connections = 0;
  let server: Server;
  let handler: InPlace;
  const usual: unknown[] = [];

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request);
      response.end('hello');
    });
    server.on('connection', () => connections++);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    handler = new InPlace(
      {
        handle: async (request) => {
          usual.push(request);
          return { response: {} };
        },
      },
      { connectMs: 5000, silenceMs: 5000 },
    );
  });
  after(() => {
    handler.destroy();
    server.close();
  });

  const request = () => ({
    protocol: 'http:',
    hostname: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    path: '/bucket/a%20key',
    query: { versionId: "it's", 'x-id': 'GetObject' },
    headers: { host: 'here', authorization: 'signed' },
  });

  it('asks what was signed, over one connection, and never the usual way', async () => {
    for (let time = 0; time < 3; time++) {
      const place = { into: new Uint8Array(10), bytes: 0 };
      const { response } = await handler.handle(request(), { place });
      expect(response).to.include({ statusCode: 200 });
      expect(Buffer.from(place.into.subarray(0, place.bytes)).toString()).to.equal('hello');
    }
    expect(asked.map(({ url }) => url)).to.deep.equal(
      Array(3).fill('/bucket/a%20key?versionId=it%27s&x-id=GetObject'),
    );
    expect(asked[0]?.headers).to.include({ host: 'here', authorization: 'signed' });
    expect([connections, usual.length]).to.deep.equal([1, 0]);
  });

  it('leaves everything else to the usual way', async () => {
    await handler.handle(request());
    expect(usual).to.have.length(1);
  });

  it('opens as many connections as are asked for at once', async () => {
    const places = Array.from({ length: 4 }, () => ({ into: new Uint8Array(10), bytes: 0 }));
    await Promise.all(places.map((place) => handler.handle(request(), { place })));
    expect(places.map(({ bytes }) => bytes)).to.deep.equal([5, 5, 5, 5]);
    expect(connections).to.equal(4);
  });
});
