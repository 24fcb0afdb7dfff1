/** Anyone who holds a document of ours learns here whether it is whole, whose it is, and whether a newer one replaces it. */
import type { Express, Request, Response } from 'express';
import { Refusal } from '#/plans/errors.ts';
import { PRINTED_DIGITS } from '#/plans/reports/head.ts';
import { type CheckedReport, checkReport } from '../pdf/check-report.ts';
import type { ReportCheckView } from '../views/report-check.ts';
import { showAtDoor } from './at-door.ts';
import { receiveFile, SentFile } from './files.ts';
import { localeOf, refuseForgery } from './identity.ts';
import { explain } from './problems.ts';
import { openRate } from './rate.ts';
import type { Services } from './services.ts';

const A_MINUTE = 20;

/** Nothing that is sent is kept. Who asks for JSON gets it, such as `reprise report verify --service`. */
export function mountReportCheck(app: Express, services: Services) {
  const perAddress = openRate({ most: A_MINUTE, seconds: 60 });

  app.get('/verify', (request, response) =>
    show(services, request, response, { printed: printedOn(request.query), checked: null, problem: null }),
  );

  app.post(
    '/verify',
    (request, _response, next) => {
      if (!perAddress(request.ip ?? '', services.clock().getTime()))
        throw new Refusal('too-many', 'report-check.too-many');
      if (isForm(request)) refuseForgery(request);
      next();
    },
    receiveFile,
    async (request, response) => {
      const sent = SentFile.safeParse(request.body);
      const printed = printedOn({ ...request.query, ...sent.data?.fields });
      try {
        if (!sent.success) throw new Refusal('invalid', 'http.no-file');
        const checked = await checkReport(services, sent.data.bytes);
        if (!isForm(request)) return void response.set('cache-control', 'no-store').json(checked);
        show(services, request, response, { printed, checked, problem: null });
      } catch (error) {
        if (!isForm(request)) throw error;
        const problem = explain(error, localeOf(request, null), services.templates.say);
        if (problem.status >= 500) throw error;
        response.status(problem.status);
        show(services, request, response, { printed, checked: null, problem });
      }
    },
  );
}

const isForm = (request: Request) => (request.get('content-type') ?? '').startsWith('multipart/form-data');

/** What the code on paper leads here with. Only texts of its shape are shown again. */
function printedOn({ r, h }: Record<string, unknown>): ReportCheckView['printed'] {
  const isCode =
    typeof r === 'string' &&
    /^RPR-\d{4}-[0-9A-F]{10}$/.test(r) &&
    typeof h === 'string' &&
    h.length === PRINTED_DIGITS &&
    /^[0-9a-f]+$/.test(h);
  return isCode ? { reference: r, fingerprint: h } : null;
}

function show(
  services: Services,
  request: Request,
  response: Response,
  given: Pick<ReportCheckView, 'printed' | 'problem'> & { checked: CheckedReport | null },
) {
  const { printed, checked } = given;
  const paper = printed && checked?.fingerprint ? printed.fingerprint === checked.fingerprint : null;
  const data: ReportCheckView = { ...given, isPaperOfFile: paper };
  showAtDoor(services, request, response, { show: 'report-check', title: 'report-check.title', data });
}
