/** Reports that are due: made once, released, and sent to whom their schedule names. */
import { expect } from 'chai';
import type { Tools } from '#/jobs/job.ts';
import { mailReport } from '#/jobs/mail-report.ts';
import { sha256 } from '#/plans/canonical.ts';
import { listDeliveries } from '#/plans/reports/delivery/deliveries.ts';
import { queueReportsAfter, takeReport } from '#/plans/reports/delivery/scheduled.ts';
import { finishReport } from '#/plans/reports/making.ts';
import { queueDueWork } from '#/plans/scheduled-work.ts';
import type { Work } from '#/plans/work.ts';
import { openLetters } from '#/server/letters.ts';
import { loadTemplates } from '#/server/templates.ts';
import { VERSIONS } from '#/server/versions.ts';
import { type MailRelay, startMailRelay } from '../support/mail-relay.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PDF = Buffer.from('%PDF-1.7 as it was drawn');

describe('a scheduled report', () => {
  let test: TestService;
  let relay: MailRelay;
  let now = new Date('2027-01-31T12:00:00Z');
  let reader: string;
  let contact: string;
  before(async () => {
    relay = await startMailRelay();
    test = await startTestService({
      clock: () => now,
      env: { MAIL_RELAY: relay.url, MAIL_TLS: 'none', PUBLIC_URL: 'http://reprise.example' },
    });
    contact = `contact:${await add('contacts', { name: 'Ana', points: [{ kind: 'mail', value: 'ana@delorme.example' }] })}`;
    const { body } = await api('GET', '/members');
    const email = test.acme.emails['client-reader'];
    reader = `person:${body.items.find((one: { email: string }) => one.email === email).id}`;
  });
  after(async () => {
    await test[Symbol.asyncDispose]();
    await relay[Symbol.asyncDispose]();
  });

  const api = (method: string, path: string, body?: object) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const inAcme = <T>(run: (work: Work) => Promise<T>) => test.service.inProvider(test.acme.id, run);
  async function add(noun: string, body: object): Promise<string> {
    const answer = await api('POST', `/clients/${test.acme.client}/${noun}`, body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body.id;
  }
  const runsOf = (schedule: string) =>
    inAcme(({ db }) =>
      db
        .selectFrom('report_runs')
        .selectAll()
        .where('schedule_id', '=', schedule)
        .orderBy('due_at')
        .execute(),
    );

  /** As the workers do, but for the drawing. */
  async function make(run: string): Promise<string> {
    await inAcme((work) => takeReport(work, run, VERSIONS));
    await inAcme((work) => takeReport(work, run, VERSIONS));
    const report = await inAcme(({ db }) =>
      db
        .selectFrom('report_runs as run')
        .innerJoin('reports as report', 'report.id', 'run.report_id')
        .select(['report.id', 'report.reference'])
        .where('run.id', '=', run)
        .executeTakeFirstOrThrow(),
    );
    const key = `${test.acme.id}/${report.reference}.pdf`;
    await test.service.documents.put(key, PDF);
    const file = { key, sha256: sha256(PDF), pages: 1, bytes: PDF.length };
    await inAcme((work) => finishReport(work, report.id, file));
    return report.id;
  }

  async function mail(report: string) {
    const waiting = (await inAcme((work) => listDeliveries(work, report))).filter(
      ({ state }) => state === 'waiting',
    );
    const sendLetter = openLetters({ settings: test.settings as never, templates: loadTemplates() });
    const tools = { inProvider: test.service.inProvider, documents: test.service.documents, sendLetter };
    for (const { id } of waiting)
      await mailReport.run(
        { delivery: id },
        test.acme.id,
        tools as unknown as Tools,
        AbortSignal.timeout(9000),
      );
    return (await api('GET', `/reports/${report}/deliveries`)).body.items;
  }

  it('is made once at the local time of its day, and goes to each in the way they were named', async () => {
    const schedule = await add('report-schedules', {
      ...{ name: 'Direction', occasion: 'quarterly', day: 31, at: '07:30' },
      recipients: [{ to: reader }, { to: contact, way: 'file' }],
    });
    const { body } = await api('GET', `/report-schedules/${schedule}`);
    expect(body.nextDueAt, 'the last day of April, summer time').to.equal('2027-04-30T05:30:00.000Z');
    for (const at of ['2027-04-29T12:00:00Z', '2027-04-30T05:31:00Z', '2027-04-30T05:32:00Z']) {
      now = new Date(at);
      await queueDueWork(inAcme);
    }
    const [run, ...more] = await runsOf(schedule);
    expect(more).to.deep.equal([]);

    const report = await make(run!.id);
    const sent = await mail(report);
    expect(
      sent.map(({ name, way, state }: Record<string, string>) => [name, way, state]),
    ).to.have.deep.members([
      ['client-reader of Acme', 'link', 'sent'],
      ['Ana', 'file', 'sent'],
    ]);
    const linked = relay.received.find(({ to }) => to.includes(test.acme.emails['client-reader']))!;
    expect(linked.text).to.include(`http://reprise.example/reports/${report}`).and.include(sha256(PDF));
    expect(linked.attached).to.deep.equal([]);
    const attached = relay.received.find(({ to }) => to.includes('ana@delorme.example'))!;
    expect(sha256(attached.attached[0]!.content)).to.equal(sha256(PDF));
    expect(attached.text).to.not.include('http://reprise.example/reports/');
    const token = test.acme.tokens['client-reader'];
    expect((await test.api(token, 'GET', `/api/v1/reports/${report}`)).body.released.by).to.equal('Reprise');
  });

  it('waits for a person where it is not released by itself, and goes out when they release it', async () => {
    const schedule = await add('report-schedules', {
      ...{
        name: 'Relu',
        occasion: 'monthly',
        day: 3,
        isReleased: false,
        recipients: [{ to: contact, way: 'file' }],
      },
    });
    for (const at of ['2027-05-02T12:00:00Z', '2027-05-03T06:00:00Z']) {
      now = new Date(at);
      await queueDueWork(inAcme);
    }
    const report = await make((await runsOf(schedule))[0]!.id);
    expect(await mail(report)).to.deep.equal([]);
    await api('POST', `/reports/${report}/release`);
    expect((await mail(report))[0]).to.include({ name: 'Ana', state: 'sent', sha256: sha256(PDF) });
  });

  it('comes after each exercise that ended since, once', async () => {
    const schedule = await add('report-schedules', {
      name: 'Retour',
      kind: 'exercise',
      occasion: 'exercise',
    });
    const exercise = await add('exercises', {
      title: 'Sur table',
      kind: 'tabletop',
      plannedOn: '2027-05-03',
    });
    await inAcme(({ db }) =>
      db
        .updateTable('exercises')
        .set({ state: 'done', started_at: now, ended_at: now })
        .where('id', '=', exercise)
        .execute(),
    );
    for (let round = 0; round < 2; round++) await inAcme(queueReportsAfter);
    const runs = await runsOf(schedule);
    expect(runs.map(({ occasion_id }) => occasion_id)).to.deep.equal([exercise]);
    const report = (await api('GET', `/reports/${await make(runs[0]!.id)}`)).body;
    expect(report).to.deep.include({ kind: 'exercise', subject: { id: exercise, name: 'Sur table' } });
  });

  it('tells of whoever could not be reached why, and can be sent to them once more', async () => {
    const { items } = (await api('GET', `/clients/${test.acme.client}/reports`)).body;
    const link = { to: contact, way: 'link' };
    const refused = await api('POST', `/reports/${items[0].id}/deliveries`, link);
    expect(refused.body.errors[0].field).to.equal('to');
    const asked = await api('POST', `/reports/${items[0].id}/deliveries`, { to: contact, way: 'file' });
    expect(asked.status).to.equal(202);
    const id = contact.split(':')[1];
    const { body: ana } = await api('GET', `/contacts/${id}`);
    await api('PUT', `/contacts/${id}`, { ...ana, leftOn: '2027-01-01' });
    const [failed] = await mail(items[0].id);
    expect(failed).to.include({ state: 'failed' });
    expect(failed.finding.code).to.equal('report-recipient.gone');
  });
});
