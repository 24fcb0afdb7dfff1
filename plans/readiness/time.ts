/** Seconds from one ISO 8601 time to a later one; negative when it is earlier. */
export const secondsBetween = (earlier: string, later: string): number =>
  Math.round((Date.parse(later) - Date.parse(earlier)) / 1000);

export const SECONDS_PER_DAY = 86_400;

/** Order of times, earliest first. */
export const compareTimes = (left: string, right: string): number => Date.parse(left) - Date.parse(right);
