import type { Finding } from '#/plans/findings.ts';

/** A document that cannot be drawn, however often it is tried. */
export class DrawingError extends Error {
  override name = 'DrawingError';
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(finding.message);
    this.finding = finding;
  }
}

/** Its finding, to be told; anything else is a crash and is thrown on, for the queue to try again. */
export function notDrawable(error: unknown): Finding {
  if (error instanceof DrawingError) return error.finding;
  throw error;
}
