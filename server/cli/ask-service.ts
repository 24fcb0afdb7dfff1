/** Asks a service what it knows of a report, as anyone may at its page `/verify`. */
import type { CheckedReport } from '../pdf/check-report.ts';

const PATIENCE_MS = 60_000;

/** Throws a sentence that says what was wrong with the asking, never with the file. */
export async function askService(service: string, pdf: Buffer): Promise<CheckedReport> {
  const answer = await fetch(new URL('/verify', service), {
    method: 'POST',
    headers: { 'content-type': 'application/pdf', accept: 'application/json' },
    body: Uint8Array.from(pdf),
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((cause) => {
    throw new Error(`The service at ${service} does not answer.`, { cause });
  });
  if (answer.ok && answer.headers.get('content-type')?.startsWith('application/json'))
    return (await answer.json()) as CheckedReport;
  if (answer.status === 429)
    throw new Error('The service was asked too often. Wait a minute, then try again.');
  throw new Error(`The service at ${service} answered ${answer.status}, and nothing about the file.`);
}
