import type { Admitted } from '#/plans/sign-in.ts';

declare global {
  namespace Express {
    interface Request {
      /** Who asks, once the door has let them in. */
      admitted?: Admitted;
      /** What waits for somebody among what they see; told on every page. */
      alerts?: { open: number; critical: number };
    }
  }
}
