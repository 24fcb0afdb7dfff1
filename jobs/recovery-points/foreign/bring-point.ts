/** Copies what somebody would copy out of a bucket: the page, the script, the point, and its packs. */
import { hash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { packKey, pointKeys } from '../layout.ts';
import { getOrNull, type OpenedHead } from '../points.ts';
import type { BareRoot } from './bare-root.ts';
import type { ForeignRequest } from './contract.ts';
import { OUR_PAPER, OUR_SCRIPT, type Paper, readPaper } from './paper.ts';

export interface Brought {
  paper: Paper;
  source: 'store' | 'sheet';
  sha256: string;
  isOurs: boolean;
}

/** Puts it into the bare root. Throws `data` where there is nothing to follow. */
export async function bringPoint(
  request: ForeignRequest,
  { head }: OpenedHead,
  root: BareRoot,
): Promise<Brought> {
  const { store, asset, sheet, signal } = request;
  const backups = path.join(root.folder, 'backups');
  const text = (await getOrNull(store, 'RESTORE.md'))?.toString('utf8');
  const script = (await getOrNull(store, 'restore.sh'))?.toString('utf8');
  if (script === undefined || (text === undefined && !sheet)) throw noPaper();
  await writeFile(path.join(backups, 'restore.sh'), script);
  const keys = Object.values(pointKeys(asset, head.point));
  for (const key of [...keys, ...head.packs.map(({ sha256 }) => packKey(asset, sha256))]) {
    signal?.throwIfAborted();
    const target = path.join(backups, key);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, await store.get(key));
  }
  const isOurScript = script === OUR_SCRIPT;
  if (sheet) return { paper: sheet, source: 'sheet', sha256: sheet.sha256, isOurs: isOurScript };
  const page = text ?? '';
  return {
    paper: readPaper(page),
    source: 'store',
    sha256: hash('sha256', page),
    isOurs: isOurScript && page === OUR_PAPER,
  };
}

const noPaper = () =>
  new EngineError('data', because('foreign.no-paper', {}), 'RESTORE.md or restore.sh is not in the store.', {
    where: 'RESTORE.md',
  });
