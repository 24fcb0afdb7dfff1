import { expect } from 'chai';
import { claimsAgainstProof } from '#/plans/claims/contradicted.ts';
import { computeCoverage } from '#/plans/coverage/compute-coverage.ts';
import type { ClaimFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { surveyOf } from '#/plans/readiness/survey.ts';
import { pathToLog } from '#/server/http/path-to-log.ts';
import { aFailedTest, ago, anAsset, aReadyClient, HOUR } from '../readiness/client.ts';

const ASSET = anAsset('mail', 'data-set');
const claim = (given: Partial<ClaimFacts> = {}): ClaimFacts => ({
  id: 'claim',
  asset: 'mail',
  name: 'Job 12',
  vendor: 'Veeam',
  state: 'said-ok',
  lastOkAt: ago(HOUR),
  ...given,
});
const client = (claims: ClaimFacts[], restoreTests = [aFailedTest('mail', HOUR)]) =>
  aReadyClient({ assets: [ASSET], dependencies: [], restoreTests, claims });
const against = (...given: Parameters<typeof client>) =>
  claimsAgainstProof(ASSET, surveyOf(client(...given), 365)).map(({ key }) => key);

describe('a claim that what was tried here contradicts', () => {
  it('is named, with what says otherwise', () => {
    const [first, ...others] = against([claim()]);
    expect(first).to.equal('coverage.claim-contradicted');
    expect(others).to.include('readiness.restore-failed');
    expect(against([claim({ state: 'running' })])).to.have.length(1 + others.length);
  });

  it('is none where nothing was tried, or nobody claims that all is well', () => {
    expect(against([claim()], [])).to.deep.equal([]);
    expect(against([claim({ state: 'said-failed' })])).to.deep.equal([]);
    expect(against([claim({ state: 'running', lastOkAt: null })])).to.deep.equal([]);
    expect(against([claim({ asset: 'another' })])).to.deep.equal([]);
  });

  it('contradicts the clauses that ask for runs, and moves no readiness', () => {
    const judge = (claims: ClaimFacts[]) => {
      const facts = client(claims);
      const readiness = computeReadiness(facts);
      const { frameworks } = computeCoverage(facts, readiness, {
        frameworks: ['ANSSI-BP-100'],
        locale: 'fr',
      });
      return {
        readiness,
        reasons: frameworks.flatMap(({ clauses }) => clauses).flatMap(({ reasons }) => reasons),
      };
    };
    const [without, withClaim] = [judge([]), judge([claim()])];
    expect(withClaim.readiness).to.deep.equal(without.readiness);
    const named = ({ reasons }: typeof without) =>
      reasons.some(({ key }) => key === 'coverage.claim-contradicted');
    expect([named(without), named(withClaim)]).to.deep.equal([false, true]);
  });
});

describe('the log', () => {
  it('never holds the token of a ping', () => {
    expect(pathToLog({ path: '/ping/secret/start' })).to.equal('/ping/…/start');
    expect(pathToLog({ path: '/ping/secret' })).to.equal('/ping/…');
    expect(pathToLog({ path: '/clients/1' })).to.equal('/clients/1');
  });
});
