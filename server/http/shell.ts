import type { Request } from 'express';
import { may } from '#/plans/access.ts';
import type { Locale } from '#/plans/reports/head.ts';

/** What every page shows around its content. */
export interface Shell {
  locale: Locale;
  /** The address of this page, for coming back after a change of language. */
  here: string;
  viewer: {
    name: string;
    role: string;
    mayReadAudit: boolean;
    mayProtect: boolean;
    mayFollowReports: boolean;
    mayReadPools: boolean;
    mayManagePeople: boolean;
    /** Alerts that nobody took on. */
    alerts: { open: number; critical: number };
  } | null;
}

/** A page's own data with the shell around them. */
export function pageData(request: Request, locale: Locale, data: object): Shell & Record<string, unknown> {
  const { admitted } = request;
  return {
    locale,
    here: request.method === 'GET' ? request.originalUrl : '/',
    viewer: admitted
      ? {
          name: admitted.actor.name,
          role: admitted.actor.role,
          mayReadAudit: may(admitted, 'audit.read'),
          mayProtect: may(admitted, 'protection.read'),
          mayFollowReports: may(admitted, 'report.follow'),
          mayReadPools: may(admitted, 'pool.read'),
          mayManagePeople: may(admitted, 'member.change'),
          alerts: request.alerts ?? { open: 0, critical: 0 },
        }
      : null,
    ...data,
  };
}
