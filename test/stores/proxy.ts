/** A TCP proxy that can be told to misbehave, between a client and a real server. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Proxy extends AsyncDisposable {
  port: number;
  /** Connections seen so far. */
  connections: number;
  /** Cuts each of the next so many connections once the server has sent so many bytes over it. */
  cut(times: number, afterBytes: number): void;
}

export async function startProxy(target: URL): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let [cuts, limit] = [0, 0];
  const proxy = { port: 0, connections: 0 };
  const server = createServer((client) => {
    proxy.connections++;
    const upstream = connect(Number(target.port), target.hostname);
    let sent = 0;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => [client, upstream].map((one) => one.destroy()));
    }
    client.pipe(upstream);
    upstream.on('data', (bytes) => {
      sent += bytes.length;
      if (cuts > 0 && sent > limit) {
        cuts--;
        client.resetAndDestroy();
      } else client.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.port = (server.address() as AddressInfo).port;
  return Object.assign(proxy, {
    cut(times: number, afterBytes: number) {
      [cuts, limit] = [times, afterBytes];
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
}
