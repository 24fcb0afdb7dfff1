import { expect } from 'chai';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('the page of recovery times', () => {
  let test: TestService;
  let reader: Visitor;
  before(async () => {
    test = await startTestService();
    reader = await visit(test, test.acme.emails['client-reader']);
  });
  after(() => test[Symbol.asyncDispose]());

  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const add = async (noun: string, body: object): Promise<string> => {
    const answer = await test.api(test.acme.tokens.owner, 'POST', `/api/v1${inClient(`/${noun}`)}`, body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body.id;
  };
  const need = (activity: string, to: string) =>
    add('dependencies', { from: { kind: 'activity', id: activity }, to, kind: 'hard' });

  it('teaches how it fills while there is nothing on it', async () => {
    expect(await reader.read(inClient('/readiness'))).to.include('Aucune activité n’attend encore un actif');
  });

  it('marks what is only declared, and what nobody knows, with who waits for it', async () => {
    const paid = await add('activities', { name: 'Paie', isPriority: true, rtoSeconds: 14_400 });
    const sold = await add('activities', { name: 'Vente', rtoSeconds: 14_400 });
    const said = await add('assets', { name: 'Serveur paie', kind: 'server', declaredRecoverySeconds: 5400 });
    const open = await add('assets', { name: 'Serveur caisse', kind: 'server' });
    await need(paid, said);
    await need(sold, open);

    const page = await reader.read(inClient('/readiness'));
    const rowOf = (name: string) => page.split('<tr>').find((row) => row.includes(`<bdi>${name}`)) ?? '';
    expect(rowOf('Serveur paie'))
      .to.include('Déclaré')
      .and.match(/1\sh\s30/)
      .and.include('Paie');
    expect(rowOf('Serveur caisse')).to.include('Non mesuré').and.include('Vente');
    expect(rowOf('Serveur caisse')).not.to.include('Déclaré');
    expect(page.indexOf('Serveur caisse')).to.be.lessThan(page.indexOf('Serveur paie'));
    expect(page).to.not.match(/\{\w+\}|undefined|readiness\.|recovery-times\./);
    expect(await reader.read(inClient(''))).to.include(`href="${inClient('/readiness')}"`);
  });

  it('names a few of the activities that wait for one thing, and folds the others away', async () => {
    const hub = await add('assets', { name: 'Annuaire', kind: 'server', declaredRecoverySeconds: 60 });
    for (const count of [1, 2, 3, 4, 5, 6])
      await need(await add('activities', { name: `Atelier ${count}`, rtoSeconds: 14_400 }), hub);
    const page = await reader.read(inClient('/readiness'));
    const row = page.split('<tr>').find((one) => one.includes('<bdi>Annuaire')) ?? '';
    expect(row).to.match(/et 2 autres/);
    expect(row.split('<details>')[0]).to.not.include('Atelier 6');
    expect(row).to.include('Atelier 6');
  });

  it('is not there for strangers', async () => {
    const stranger = await visit(test, test.other.emails.owner);
    const page = await stranger.read(inClient('/readiness'));
    expect(page).to.not.include('Serveur paie').and.not.include('Délais de reprise');
    expect(page).to.include('Ce client n’existe pas');
  });
});
