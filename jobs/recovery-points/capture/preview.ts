/** What rules would leave out of a folder, before anything is stored. */
import { encodePath } from '../paths.ts';
import { type Rules, readRules } from './rules.ts';
import { walk } from './walk.ts';

const SHOWN = 1000;

/** `paths` are the topmost things left out, a thousand at most; files and bytes are counted below them as well. */
export interface Preview {
  paths: string[];
  files: number;
  bytes: number;
  keptFiles: number;
  keptBytes: number;
}

/** Walks the folder once. Throws `call` for a rule that is none. */
export function previewRules(folder: string, rules: Rules): Preview {
  const leavesOut = readRules(rules);
  const preview: Preview = { paths: [], files: 0, bytes: 0, keptFiles: 0, keptBytes: 0 };
  let out: string | null = null;
  for (const { path, stats } of walk(Buffer.from(folder))) {
    const own = encodePath(path);
    if (out !== null && !own.startsWith(`${out}/`)) out = null;
    if (out === null && leavesOut?.(own)) {
      out = own;
      if (preview.paths.length < SHOWN) preview.paths.push(own);
    }
    if (!stats?.isFile()) continue;
    const size = Number(stats.size);
    if (out === null) {
      preview.keptFiles++;
      preview.keptBytes += size;
    } else {
      preview.files++;
      preview.bytes += size;
    }
  }
  return preview;
}
