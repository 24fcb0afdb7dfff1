import type { Route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { auditApi } from './audit-api.ts';
import { clientsApi } from './clients-api.ts';
import { plansApi } from './plans-api.ts';
import { protectionApi } from './protection-api.ts';
import { reportsApi } from './reports-api.ts';

/** Every address of the JSON interface. */
export const apiRoutes: Route[] = [...clientsApi, ...plansApi, ...protectionApi, ...reportsApi, ...auditApi];

/** Every page. */
export const pageRoutes = (_services: Services): Route[] => [];
