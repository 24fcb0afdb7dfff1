/** Many monthly reports, each of another client, one after the other through one press: what they take, and whether memory grows. */
import { readFileSync } from 'node:fs';
import { makeReportPdf } from '#/server/pdf/make-report.ts';
import type { Press } from '#/server/pdf/press.ts';
import { privateMemoryOf } from '#/server/pdf/private-memory.ts';
import { createSealIdentity } from '#/server/pdf/seal-identity.ts';
import { loadTemplates } from '#/server/templates.ts';
import { aClient } from './client.ts';

const LOOK_MS = 100;

/** A hundredth part of the batch, or what was asked for. */
export interface Leg {
  reports: number;
  seconds: number;
  /** The most that this process and its browser held together. */
  peakMib: number;
  /** Of it, this process alone, where it stood at the end. */
  ownMib: number;
}

export async function drawBatch(press: Press, { reports, legs }: { reports: number; legs: number }) {
  const templates = loadTemplates();
  const identity = await createSealIdentity({ name: 'Bench', country: 'FR', now: new Date('2026-11-01') });
  const print = press.printFor('bench');
  const told: Leg[] = [];
  const size = Math.ceil(reports / legs);
  for (let leg = 0; leg < legs; leg++) {
    let peak = 0;
    const looks = setInterval(() => {
      peak = Math.max(peak, privateMemoryOf(process.pid));
    }, LOOK_MS);
    const begun = performance.now();
    for (let one = leg * size; one < Math.min(reports, (leg + 1) * size); one++)
      await makeReportPdf({ snapshot: aClient(1, `Client ${one}`), identity, print, templates });
    clearInterval(looks);
    told.push({
      reports: Math.min(reports, (leg + 1) * size),
      seconds: (performance.now() - begun) / 1000,
      peakMib: peak / 2 ** 20,
      ownMib: ownMemory() / 2 ** 20,
    });
    process.stderr.write(`${JSON.stringify(told.at(-1))}\n`);
  }
  return told;
}

const ownMemory = (): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) * 1024;
