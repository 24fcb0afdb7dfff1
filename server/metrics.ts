import type { RequestHandler } from 'express';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { pathToLog } from './http/path-to-log.ts';
import type { ServiceLog } from './log.ts';

/** What the service counts of itself. */
export function openMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'reprise_' });
  return {
    registry,
    requests: new Histogram({
      name: 'reprise_http_request_seconds',
      help: 'Time from request to answer',
      labelNames: ['method', 'status'],
      registers: [registry],
    }),
    dueBackups: new Counter({
      name: 'reprise_due_backups_total',
      help: 'Backups that the clock queued',
      registers: [registry],
    }),
  };
}

export type Metrics = ReturnType<typeof openMetrics>;

/** Times every request and writes one line for it, without its query: that may hold what somebody searched for. */
export function watchRequests(metrics: Metrics, log: ServiceLog): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.on('finish', () => {
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.requests.observe({ method: request.method, status: String(response.statusCode) }, seconds);
      log.debug(
        { method: request.method, path: pathToLog(request), status: response.statusCode, seconds },
        'answered',
      );
    });
    next();
  };
}
