/** Waiting for servers that the tests start. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until somebody listens on a port of 127.0.0.1; throws after `timeoutMs`. */
export async function waitForPort(port: number, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await answers(port))) {
    if (performance.now() > deadline)
      throw new Error(`Nobody listens on port ${port} after ${timeoutMs} ms.`);
    await sleep(20);
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
