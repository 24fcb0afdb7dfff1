/** How often somebody may come, counted in this process alone: against floods, where guessing is hopeless anyway. */

/** More at once are forgotten, the oldest first. */
const MOST_KEPT = 10_000;

/** Answers whether one more is let in: at most so many in so many seconds. */
export function openRate({ most, seconds }: { most: number; seconds: number }) {
  const counted = new Map<string, { since: number; count: number }>();
  return (who: string, now: number): boolean => {
    const known = counted.get(who);
    if (known && now - known.since < seconds * 1000) return ++known.count <= most;
    counted.delete(who);
    if (counted.size >= MOST_KEPT) counted.delete(counted.keys().next().value!);
    counted.set(who, { since: now, count: 1 });
    return true;
  };
}
