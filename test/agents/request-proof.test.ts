import { createPublicKey, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { readOrder, signOrder } from '#/jobs/agents/order.ts';
import type { BackupOrder, PublicKey } from '#/jobs/agents/protocol.ts';
import {
  type AgentRequest,
  checkRequest,
  nameOfKey,
  proveRequest,
  signerNamed,
} from '#/jobs/agents/request-proof.ts';
import { newSigningKey } from '#/jobs/recovery-points/signing.ts';

const NOW = new Date('2026-10-25T01:30:00Z');
const SERVICE = 'service-key';
const REQUEST: AgentRequest = { method: 'POST', path: '/agent/v1/polls', body: Buffer.from('{"a":1}') };

async function newAgent() {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const key = (await exportJWK(publicKey)) as PublicKey;
  return { key, keyName: await nameOfKey(key), privateKey };
}

describe('a signed request of an agent', () => {
  let agent: Awaited<ReturnType<typeof newAgent>>;
  let note: string;
  before(async () => {
    agent = await newAgent();
    note = await proveRequest(REQUEST, {
      key: agent.privateKey,
      keyName: agent.keyName,
      service: SERVICE,
      now: NOW,
    });
  });

  const check = (request: AgentRequest, changes: { key?: PublicKey; service?: string; now?: Date } = {}) =>
    checkRequest(note, request, { key: agent.key, service: SERVICE, now: NOW, ...changes });

  it('is taken as it was sent, and names its key', async () => {
    expect(await check(REQUEST)).to.have.property('id');
    expect(signerNamed(note)).to.equal(agent.keyName);
  });

  it('is forged with another body, path, method, service or key', async () => {
    expect(await check({ ...REQUEST, body: Buffer.from('{"a":2}') })).to.equal('forged');
    expect(await check({ ...REQUEST, path: '/agent/v1/orders/x/outcome' })).to.equal('forged');
    expect(await check({ ...REQUEST, method: 'GET' })).to.equal('forged');
    expect(await check(REQUEST, { service: 'another' })).to.equal('forged');
    expect(await check(REQUEST, { key: (await newAgent()).key })).to.equal('forged');
  });

  it('is stale five minutes from its moment, in either direction', async () => {
    const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
    expect(await check(REQUEST, { now: after(299) })).to.have.property('id');
    expect(await check(REQUEST, { now: after(301) })).to.equal('stale');
    expect(await check(REQUEST, { now: after(-301) })).to.equal('stale');
  });

  it('is forged when it is not signed at all, or by a secret that everybody knows', async () => {
    const claims = { htm: 'POST', htu: REQUEST.path, sha256: 'x', aud: SERVICE, iat: 1, jti: randomUUID() };
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const unsigned = `${encode({ alg: 'none', typ: 'reprise-agent+jwt', kid: agent.keyName })}.${encode(claims)}.`;
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'reprise-agent+jwt', kid: agent.keyName })
      .sign(Buffer.from(agent.key.x));
    for (const forged of [unsigned, shared, '', 'a.b.c', note.slice(0, -2)])
      expect(
        await checkRequest(forged, REQUEST, { key: agent.key, service: SERVICE, now: NOW }),
        forged.slice(0, 20),
      ).to.equal('forged');
  });
});

describe('a signed order', () => {
  const signing = newSigningKey();
  const orderKey = createPublicKey(signing.publicKey).export({ format: 'jwk' }) as PublicKey;
  const order: BackupOrder = {
    task: 'backup',
    source: 'compta',
    hadFiles: true,
    store: { address: 's3://bucket/x', checksums: 'none', isInUse: false },
    asset: 'compta',
    recipients: ['age1x'],
    retention: null,
    isGentle: false,
    isFull: false,
    sentinelFor: null,
    look: null,
  };
  const id = randomUUID();
  const expiresAt = new Date(NOW.getTime() + 3_600_000);
  const refused = (signed: string, reading: Parameters<typeof readOrder>[1]) =>
    readOrder(signed, reading).then(
      () => 'taken',
      (error: Error) => error.name,
    );

  it('is read by its agent, in its time, and by nobody else', async () => {
    const signed = await signOrder(order, { id, agent: 'me', expiresAt, signingKey: signing.privateKey });
    expect(await readOrder(signed, { orderKey, agent: 'me', now: NOW })).to.deep.equal({ id, order });
    expect(await refused(signed, { orderKey, agent: 'you', now: NOW })).to.equal('JWTClaimValidationFailed');
    const late = new Date(expiresAt.getTime() + 1000);
    expect(await refused(signed, { orderKey, agent: 'me', now: late })).to.equal('JWTExpired');
    const { key: other } = await newAgent();
    expect(await refused(signed, { orderKey: other, agent: 'me', now: NOW })).to.include('Signature');
  });
});
