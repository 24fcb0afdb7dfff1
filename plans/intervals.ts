/** The first time after `now` that lies a whole number of intervals (in seconds) after `last`. */
export function nextDue(last: Date, intervalSeconds: number, now: Date): Date {
  const step = intervalSeconds * 1000;
  const missed = Math.max(0, Math.floor((now.getTime() - last.getTime()) / step));
  return new Date(last.getTime() + (missed + 1) * step);
}
