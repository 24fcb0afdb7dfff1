/** Ports for servers of the tests. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

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

/** Waits until somebody listens on a port of 127.0.0.1; throws after `timeoutMs`. */
export async function waitForPort(port: number, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await answers(port))) {
    if (performance.now() > deadline)
      throw new Error(`Nobody listens on port ${port} after ${timeoutMs} ms.`);
    await sleep(20);
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

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // refused: the server is still starting
  } finally {
    socket.destroy();
  }
}
