/** One request of a probe: what came back is an answer, whatever it is. Only a broken way to the server is an error. */
import type { S3Connection } from './s3-connection.ts';

export interface Came<T> {
  /** What it gave, or null when it was refused. */
  output: T | null;
  status: number;
  /** Status and name, as in `412 PreconditionFailed`. Never the server's own text. */
  words: string;
}

export async function trial<T extends { $metadata: { httpStatusCode?: number | undefined } }>(
  connection: S3Connection,
  key: string,
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<Came<T>> {
  return connection.ask({ verb: 'probe', key }, (options) =>
    send(options).then(
      (output) => {
        const status = output.$metadata.httpStatusCode ?? 0;
        return { output, status, words: `${status}` };
      },
      (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
        const status = error.$metadata?.httpStatusCode ?? 0;
        const isRefusal = (status >= 400 && status < 500) || status === 501;
        if (!isRefusal) throw error;
        return { output: null, status, words: `${status} ${error.name}` };
      },
    ),
  );
}
