/** Listens, and lets nobody hold a connection by sending next to nothing. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How long a request may take to arrive: whoever sends one byte a minute holds a connection that others need. */
export const SLOWEST = {
  headersTimeout: 20_000,
  requestTimeout: 120_000,
  connectionsCheckingInterval: 5_000,
  // Longer than proxies keep an idle connection, so that none sends into one that is just being closed.
  keepAliveTimeout: 75_000,
};

/** Answers the address. What is under way ends within three seconds once the stack is disposed of. */
export async function listen(
  app: RequestListener,
  { host, port }: { host: string; port: number },
  stack: AsyncDisposableStack,
  slowest = SLOWEST,
): Promise<string> {
  const server = createServer(slowest, app).listen(port, host);
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => Promise.reject(error)),
  ]);
  stack.defer(async () => {
    const closed = new Promise((done) => server.close(done));
    server.closeIdleConnections();
    const hurry = setTimeout(() => server.closeAllConnections(), 3000);
    await closed;
    clearTimeout(hurry);
  });
  const { port: taken } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
}
