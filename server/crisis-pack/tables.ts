/** What of a crisis pack opens in any spreadsheet or editor, with every sign neutralised that would make a formula. */
import type { CrisisPackContents } from '#/plans/crisis-pack-contents.ts';
import type { PackFile } from '#/plans/crisis-packs.ts';
import type { PlanSnapshot } from '#/plans/reports/plan/snapshot.ts';
import { writeCsv } from '../exchange/write-csv.ts';

type Say = (key: string, params?: Record<string, string | number>) => string;

const STYLE = { separator: ';', hasMark: true } as const;

/** The directory of all plans together, each person once. */
export function directoryTable({ plans }: CrisisPackContents, say: Say): Buffer {
  const people = new Map(plans.flatMap(({ directory }) => directory.map((one) => [one.name, one])));
  const head = ['name', 'job', 'employer', 'reach', 'out-of-band', 'verified'].map((column) =>
    say(`column.${column}`),
  );
  const rows = [...people.values()].flatMap(({ name, jobTitle, employer, points }) =>
    points.map(({ value, isOutOfBand, verifiedAt }) => [
      ...[name, jobTitle ?? '', employer ?? '', value],
      isOutOfBand ? say('yes') : '',
      verifiedAt?.slice(0, 10) ?? '',
    ]),
  );
  return writeCsv({ head, rows }, STYLE);
}

/** Of the plan that brings most back. */
export function restartTable({ plans }: CrisisPackContents, say: Say): Buffer {
  const steps = plans.reduce<PlanSnapshot['restart']['steps']>(
    (most, { restart }) => (restart.steps.length > most.length ? restart.steps : most),
    [],
  );
  const names = new Map(steps.map(({ asset, name }) => [asset, name]));
  const head = ['order', 'wave', 'asset', 'after', 'seconds', 'source'].map((column) =>
    say(`column.${column}`),
  );
  const rows = steps.map(({ name, wave, after, seconds, standing }, index) => [
    ...[String(index + 1), wave === null ? say('circle') : String(wave), name],
    after.map((asset) => names.get(asset) ?? asset).join(', '),
    ...[seconds === null ? '' : String(seconds), say(`standing.${standing}`)],
  ]);
  return writeCsv({ head, rows }, STYLE);
}

export function holdersTable({ keyHolders }: CrisisPackContents, say: Say): Buffer {
  const head = ['name', 'key', 'place', 'opened'].map((column) => say(`column.${column}`));
  const rows = keyHolders.map(({ name, fingerprint, place, openedAt }) => [
    ...[name, fingerprint, place ?? '', openedAt?.slice(0, 10) ?? ''],
  ]);
  return writeCsv({ head, rows }, STYLE);
}

export function readMe({ client, madeAt, plans }: CrisisPackContents, files: PackFile[], say: Say): string {
  const lines = [
    say('readme.title', { client: client.name }),
    say('readme.made', { madeAt }),
    '',
    say('readme.first'),
    ...plans.map(({ plan, version }) => `  ${plan.title} v${version.number}`),
    '',
    say('readme.restore'),
    '',
    say('readme.check'),
    ...files.map(({ name, sha256 }) => `${sha256}  ${name}`),
    '',
  ];
  return lines.join('\r\n');
}
