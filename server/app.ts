/** The web application, from the outside in: headers, the door, routes, and one place for errors. */
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import helmet from 'helmet';
import { countOpenAlerts } from '#/plans/alerts/alerts.ts';
import { Refusal } from '#/plans/errors.ts';
import { keepToOpenClients } from '#/plans/open-clients.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { Work } from '#/plans/work.ts';
import { mountAgents } from './http/agents.ts';
import { mountClaims } from './http/claims.ts';
import { mountConfirm } from './http/confirm.ts';
import { placeAfterConfirming } from './http/confirming.ts';
import { openDenials } from './http/denials.ts';
import { mountDoor } from './http/door.ts';
import { receiveFile } from './http/files.ts';
import { identify, localeOf } from './http/identity.ts';
import { mountInvitationLinks } from './http/invitation-links.ts';
import { mountLive } from './http/live.ts';
import { mountOpenPages } from './http/open-pages.ts';
import { describe } from './http/openapi.ts';
import { mountPasskeySetup } from './http/passkey-setup.ts';
import { mountPasskeySignIn } from './http/passkey-sign-in.ts';
import { mountPasswordChange } from './http/password-change.ts';
import { mountPasswordReset } from './http/password-reset.ts';
import { pathToLog } from './http/path-to-log.ts';
import { explain, type Problem } from './http/problems.ts';
import { mountReportCheck } from './http/report-check.ts';
import { type Mounting, mount, type Route } from './http/route.ts';
import { mountSecondFactor } from './http/second-factor.ts';
import { isSecure, type Services } from './http/services.ts';
import { pageData } from './http/shell.ts';
import { mountSingleSignOn } from './http/single-sign-on.ts';
import { watchRequests } from './metrics.ts';
import { apiRoutes, pageRoutes } from './routes/index.ts';
import { VERSIONS } from './versions.ts';

export const CONTENT_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrcAttr: ["'none'"],
    imgSrc: ["'self'", 'data:'],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

/** What a page of ours never asks a browser for. */
const NO_DEVICES = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb']
  .map((device) => `${device}=()`)
  .join(', ');

export function createApp(services: Services): Express {
  const app = express();
  const routes: Route[] = [...apiRoutes(services), ...pageRoutes(services)];
  app.disable('x-powered-by').set('trust proxy', services.settings.http.trustProxy);
  app.use(
    helmet({ contentSecurityPolicy: CONTENT_POLICY, strictTransportSecurity: isSecure(services.settings) }),
  );
  app.use((_request, response, next) => {
    response.set('permissions-policy', NO_DEVICES);
    next();
  });
  app.use(watchRequests(services.metrics, services.log));
  mountOpenPages(app, services, describe(routes, VERSIONS.product));
  for (const { path } of routes.filter(({ takesFile }) => takesFile))
    app.post(path, admit(services), receiveFile);
  mountAgents(app, services);
  mountClaims(app, services);
  mountReportCheck(app, services);
  // Forms send an accent as six signs, and a plan may have ten sections of 100,000.
  app.use(express.json({ limit: '1mb' }), express.urlencoded({ limit: '7mb', extended: false }));

  const say = services.templates.say;
  mountDoor(app, services);
  mountSecondFactor(app, services);
  mountPasskeySignIn(app, services);
  mountSingleSignOn(app, services);
  mountPasswordReset(app, services);
  mountInvitationLinks(app, services);
  mountLive(app, services.live, begin(services));
  const mounting: Mounting = {
    begin: begin(services),
    explain: (error, locale) => explain(error, locale, say),
    show: show(services),
  };
  mountPasswordChange(app, services, mounting);
  mountPasskeySetup(app, services, mounting);
  mountConfirm(app, services, mounting);
  mount(app, routes, mounting);
  app.use(() => {
    throw new Refusal('not-found', 'not-found.page');
  });
  app.use(answerErrors(services));
  return app;
}

/** Nobody's file is read: 16 MB from each of many strangers would be a lot. */
const admit =
  ({ database, clock }: Services): RequestHandler =>
  async (request, _response, next) => {
    await identify(request, database, clock());
    next();
  };

/** Finds out who asks, then runs the work in one transaction of their provider. */
function begin({ database, queue, vault, settings, clock }: Services): Mounting['begin'] {
  return async (request, run) => {
    const now = clock();
    const admitted = await identify(request, database, now);
    const { provider, clients, actor } = admitted;
    request.admitted = admitted;
    const inWork = async (db: Work['db']) => {
      const work: Work = {
        db,
        provider,
        clients: await keepToOpenClients({ db, clients, actor }),
        actor,
        now,
        enqueue: (job, payload, options) => queue.add(db, provider, job, payload, options),
        seal: (purpose, secret) => vault.seal(provider, purpose, secret),
        address: settings.http.publicUrl,
        places: settings.places,
      };
      const answer = await run(work, localeOf(request, admitted.locale));
      if (isForPeople(request)) request.alerts = await countOpenAlerts(work);
      return answer;
    };
    return database.inProvider(provider, clients, inWork, { isByHand: true });
  };
}

function show(services: Services): Mounting['show'] {
  return (request, response, { show: template, data, status = 200 }) => {
    const locale = localeOf(request, request.admitted?.locale ?? null);
    const html = services.templates.render(template, locale, pageData(request, locale, data));
    response.status(status).set('cache-control', 'no-store').type('html').send(html);
  };
}

/** The one place where an error becomes an answer. Only refusals show what they are about. */
function answerErrors(services: Services): ErrorRequestHandler {
  const noteDenial = openDenials(services);
  return async (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const locale = localeOf(request, request.admitted?.locale ?? null);
    const problem = explain(error, locale, services.templates.say);
    if (problem.status === 500)
      services.log.error(
        { err: error, method: request.method, path: pathToLog(request) },
        'a request failed',
      );
    await noteDenial(request, problem);
    if (problem.status === 429 && !response.hasHeader('retry-after')) response.set('retry-after', '900');
    if (isForPeople(request)) return answerPerson(services, request, response, problem, locale);
    response
      .status(problem.status)
      .set('cache-control', 'no-store')
      .type('application/problem+json')
      .send(JSON.stringify(problem));
  };
}

const isForPeople = ({ path }: Request) => !/^\/(api|agent)\//.test(path);

function answerPerson(
  services: Services,
  request: Request,
  response: Response,
  problem: Problem,
  locale: Locale,
) {
  if (problem.status === 401 && request.method === 'GET')
    return response.redirect(303, `/sign-in?next=${encodeURIComponent(request.originalUrl)}`);
  if (problem.key === 'confirm.needed')
    return response.redirect(
      303,
      `/account/confirm?next=${encodeURIComponent(placeAfterConfirming(request))}`,
    );
  if (problem.key === 'second-factor.needed' && request.method === 'GET')
    return response.redirect(303, '/account#second-factor');
  show(services)(request, response, {
    show: 'error',
    data: { title: services.templates.say(locale, 'error.title'), problem },
    status: problem.status,
  });
}
