import { expect } from 'chai';
import { graphOf } from '#/plans/readiness/graph.ts';
import { lossesOf } from '#/plans/readiness/scenario-losses.ts';
import { scenarioMatrix } from '#/plans/readiness/scenario-matrix.ts';
import { anActivity, anAsset, aReadyClient, aScenario, needs } from './client.ts';

describe('people that a scenario takes', () => {
  const facts = aReadyClient({
    activities: [anActivity()],
    assets: [anAsset('erp', 'application'), anAsset('clerks', 'team'), anAsset('admins', 'team')],
    dependencies: [
      needs('activity:billing', 'erp'),
      needs('activity:billing', 'clerks', 'human'),
      needs('erp', 'admins', 'human'),
    ],
    strategies: [],
    scenarios: [],
    plans: [],
  });
  const losses = (...lost: string[]) => lossesOf(facts, aScenario(lost), graphOf(facts));

  it('stop what nobody else does', () => {
    expect([...losses('clerks').activities]).to.deep.equal(['billing']);
  });

  it('leave systems running that they look after', () => {
    const { down, activities } = losses('admins');
    expect([[...down], [...activities]]).to.deep.equal([['admins'], []]);
  });

  it('stop nothing while others can stand in', () => {
    const dependencies = ['clerks', 'admins'].map((team) => ({
      ...needs('activity:billing', team, 'human'),
      group: { name: 'Facturer', requiredK: 1 },
    }));
    const shared = { ...facts, dependencies };
    const of = (...lost: string[]) => [...lossesOf(shared, aScenario(lost), graphOf(shared)).activities];
    expect([of('clerks'), of('admins'), of('clerks', 'admins')]).to.deep.equal([[], [], ['billing']]);
  });

  it('are answered by a strategy for them', () => {
    const scenario = aScenario(['clerks']);
    const strategies = [
      {
        id: 's',
        name: 'Intérimaires',
        protects: { kind: 'asset' as const, id: 'clerks' },
        scenario: null,
        state: 'chosen' as const,
        reason: null,
        chosen: null,
        decidedAt: null,
      },
    ];
    const stateWith = (given: object) =>
      scenarioMatrix({ ...facts, scenarios: [scenario], ...given }).cells[0]!.state;
    expect([stateWith({}), stateWith({ strategies })]).to.deep.equal(['gap', 'strategy']);
  });
});
