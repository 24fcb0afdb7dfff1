/** Starts the S3 server as a process of its own, whose processor time can be told from its clients'. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const SERVER = path.join(import.meta.dirname, 'server.ts');

export interface S3Server extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  endpoint: string;
  pid: number;
}

/** Serves the folders below `folder` as buckets. They may come and go while it runs. */
export async function startS3(folder: string): Promise<S3Server> {
  const child = spawn(process.execPath, [SERVER, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const early = ended.then(() => Promise.reject(new Error('The S3 server of the benchmark does not start.')));
  const [port] = await Promise.race([once(child.stdout, 'data'), early]);
  early.catch(() => null);
  return {
    endpoint: `http://127.0.0.1:${String(port).trim()}`,
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
