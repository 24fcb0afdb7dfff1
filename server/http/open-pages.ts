/** Addresses that anyone may ask: health, metrics with a token, the API's description, and assets. */
import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type Express } from 'express';
import { Refusal } from '#/plans/errors.ts';
import { lastRound } from '../clock-rounds.ts';
import { ownBackupHealth } from '../own-backup/health.ts';
import { ASSETS } from '../templates.ts';
import { localeOf } from './identity.ts';
import type { Services } from './services.ts';

export function mountOpenPages(app: Express, services: Services, openapi: object) {
  const { clock, database, metrics, queue, settings, templates } = services;
  app.use('/assets', express.static(ASSETS, { maxAge: settings.isDevelopment ? 0 : '1h', index: false }));

  app.get('/health', (_request, response) => void response.json({ ok: true }));
  app.get('/ready', async (_request, response) => {
    const isReady = await database.ping().then(
      () => true,
      () => false,
    );
    response.status(isReady ? 200 : 503).json({ ok: isReady });
  });
  app.get('/healthz', async (_request, response) => {
    const rounds = await lastRound(database);
    const clockSeconds = rounds && Math.max(0, (clock().getTime() - rounds.getTime()) / 1000);
    const queueSeconds = await queue.stuckSeconds();
    const late = settings.lateAfterSeconds;
    const isClockLate = clockSeconds === null || clockSeconds > late;
    const isQueueStuck = queueSeconds !== null && queueSeconds > late;
    const own = await ownBackupHealth(services);
    const isWell = !isClockLate && !isQueueStuck && own?.ok !== false;
    response.status(isWell ? 200 : 503).json({
      ok: isWell,
      clock: { ok: !isClockLate, secondsSinceRound: clockSeconds },
      queue: { ok: !isQueueStuck, secondsStuck: queueSeconds },
      ownBackup: own,
    });
  });
  app.get('/metrics', async (request, response) => {
    if (
      !settings.metricsToken ||
      !isSame(request.get('authorization') ?? '', `Bearer ${settings.metricsToken}`)
    )
      throw new Refusal('not-found', 'not-found.page');
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.get('/api/openapi.json', (_request, response) => void response.json(openapi));
  app.get('/api/docs', (request, response) => {
    const locale = localeOf(request, null);
    response.type('html').send(templates.render('api-docs', locale, { openapi, locale, title: 'API' }));
  });
}

const isSame = (left: string, right: string) => timingSafeEqual(digest(left), digest(right));
const digest = (text: string) => createHash('sha256').update(text).digest();
