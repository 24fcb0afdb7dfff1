/** Progress of things that are counted: a bar that is rewritten on a terminal, now and then a line elsewhere, of JSON where asked. */
const LINE_EVERY_MS = 10_000;
const BAR_CELLS = 24;

export interface Counted {
  done: number;
  failed: number;
  total: number;
}

/** Shows it on standard error. Call `end` before other words. */
export function showCount(what: string, json = false): { tell: (counted: Counted) => void; end: () => void } {
  const begun = performance.now();
  let first: number | null = null;
  let last = Number.NEGATIVE_INFINITY;
  const isTerminal = process.stderr.isTTY && !json;
  const tell = (counted: Counted) => {
    const over = counted.done + counted.failed;
    first ??= over;
    const seconds = (performance.now() - begun) / 1000;
    const left = over > first ? Math.ceil(((counted.total - over) * seconds) / (over - first)) : null;
    if (isTerminal) {
      process.stderr.write(`\r\u001b[K${bar(over, counted.total)} ${inWords(counted, what, left)}`);
      return;
    }
    if (performance.now() - last < LINE_EVERY_MS) return;
    last = performance.now();
    const line = json
      ? JSON.stringify({ progress: { ...counted, remainingSeconds: left } })
      : inWords(counted, what, left);
    process.stderr.write(`${line}\n`);
  };
  return { tell, end: () => isTerminal && process.stderr.write('\r\u001b[K') };
}

function bar(over: number, total: number): string {
  const full = total === 0 ? BAR_CELLS : Math.round((over / total) * BAR_CELLS);
  return `[${'='.repeat(full)}${' '.repeat(BAR_CELLS - full)}]`;
}

const inWords = ({ done, failed, total }: Counted, what: string, left: number | null): string =>
  [
    `${done} of ${total} ${what}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left === null || left === 0
      ? []
      : [left < 100 ? `${left} s left` : `${Math.ceil(left / 60)} min left`]),
  ].join(', ');
