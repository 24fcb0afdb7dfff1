/** A port for the embedded PostgreSQL. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

// Below Linux's range for outgoing connections (32768 on), so that none of those can take the port meanwhile.
const LOWEST = 15_000;
const HIGHEST = 32_000;

/** Finds a port of 127.0.0.1 on which nobody listens. Nothing is reserved: use it at once. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false; // taken: the caller tries another one
  } finally {
    server.close();
  }
}
