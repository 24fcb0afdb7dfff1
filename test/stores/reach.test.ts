import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { openStore } from '#/jobs/stores/open.ts';
import { Reach } from '#/jobs/stores/reach.ts';
import { StoreError } from '#/jobs/stores/store.ts';

const credentials = { accessKeyId: 'A', secretAccessKey: 'B' };

describe('hosts that stores may stand on', () => {
  let server: Server;
  let asked = 0;
  before((done) => {
    server = createServer((_request, response) => {
      asked++;
      response.writeHead(404).end();
    }).listen(0, '127.0.0.1', done);
  });
  after(() => server.close());

  const may = async (host: string, privateHosts: string[] = []) =>
    new Reach(privateHosts).check(host).then(
      () => true,
      () => false,
    );

  it('are public ones, however an address is written', async () => {
    for (const host of ['93.184.216.34', '2606:4700::1111', '[2606:4700::1111]'])
      expect(await may(host), host).to.equal(true);
    for (const host of [
      ...[
        '10.0.0.1',
        '127.0.0.1',
        '192.168.1.1',
        '::1',
        '[::1]',
        'fd00::1',
        '::ffff:10.0.0.1',
        '::ffff:a00:1',
      ],
      ...['localhost', new URL('http://2130706433').hostname, new URL('http://0x7f.1').hostname],
    ])
      expect(await may(host), host).to.equal(false);
  });

  it('are those that were named, by name or by network, and no others', async () => {
    expect(await may('10.1.2.3', ['10.1.0.0/16'])).to.equal(true);
    expect(await may('::ffff:10.1.2.3', ['10.1.0.0/16'])).to.equal(true);
    expect(await may('10.2.2.3', ['10.1.0.0/16'])).to.equal(false);
    expect(await may('fd12::1', ['fd12::/32'])).to.equal(true);
    expect(await may('LOCALHOST', ['localhost'])).to.equal(true);
    expect(await may('localhost', ['*.localhost', 'otherhost'])).to.equal(false);
    expect(await may('nas.localhost', ['*.localhost'])).to.equal(
      await may('nas.localhost', ['nas.localhost']),
    );
  });

  it('are never where a cloud tells a machine its secrets, nor nowhere', async () => {
    const everything = ['0.0.0.0/0', '::/0', '169.254.169.254', 'fd00:ec2::254'];
    for (const host of ['169.254.169.254', 'fe80::1', '0.0.0.0', '::', '224.0.0.1', 'fd00:ec2::254'])
      expect(await may(host, everything), host).to.equal(false);
  });

  it('are told from what is neither a name nor a network', () => {
    for (const wrong of ['10.0.0.0/33', 'http://nas', 'a b', '*', 'nas/24', ''])
      expect(() => new Reach([wrong]), wrong).to.throw(RangeError);
  });

  it('are asked nothing when they may not be reached, by any way of reading or writing', async () => {
    const { port } = server.address() as AddressInfo;
    for (const host of ['127.0.0.1', 'localhost']) {
      const address = `s3://bucket?endpoint=http://${host}:${port}`;
      const store = await openStore(address, { credentials, privateHosts: [] });
      for (const ask of [
        () => store.get('a/b'),
        () => store.get('a/b', { into: new Uint8Array(10) }),
        () => store.head('a/b'),
        () => store.put('a/b', Buffer.from('x')),
        () => Array.fromAsync(store.list('a/')),
      ]) {
        const error = await ask().then(
          () => null,
          (thrown: unknown) => thrown,
        );
        expect(error).to.be.instanceOf(StoreError);
        expect((error as StoreError).because.code).to.equal('store.host-not-allowed');
      }
      await store.close();
    }
    expect(asked).to.equal(0);

    const store = await openStore(`s3://bucket?endpoint=http://127.0.0.1:${port}`, {
      credentials,
      privateHosts: ['127.0.0.1'],
    });
    expect(await store.head('a/b')).to.equal(null);
    expect(asked).to.equal(1);
    await store.close();
  });

  it('are looked at once more by the socket, since a name may lead elsewhere by then', async () => {
    const { lookup } = new Reach([]);
    for (const all of [true, false]) {
      const error = await new Promise((answer) => lookup('localhost', { all }, answer));
      expect(error).to.be.instanceOf(StoreError);
    }
  });
});
