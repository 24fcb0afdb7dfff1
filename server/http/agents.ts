/** Where agents come in. Nothing but a one-time code or a request signed by an agent's own key leads anywhere here. */
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import {
  Enrolled,
  Enrolment,
  Heard,
  Outcome,
  PLACE,
  Poll,
  Polled,
  PublicKey,
  SPOKEN,
  Told,
} from '#/jobs/agents/protocol.ts';
import { checkRequest, nameOfKey, signerNamed } from '#/jobs/agents/request-proof.ts';
import {
  type AgentAtDoor,
  agentActor,
  enrolAgent,
  findAgentAtDoor,
  takeRequest,
} from '#/plans/agent-door.ts';
import { hearOutcome, hearProgress, meetAgent } from '#/plans/agent-work.ts';
import { findClient } from '#/plans/clients.ts';
import { Refusal } from '#/plans/errors.ts';
import type { Work } from '#/plans/work.ts';
import { type AgentBell, openAgentBell } from './agent-bell.ts';
import { hashOfCode } from './agent-code.ts';
import { orderKeyOf } from './order-key.ts';
import type { Services } from './services.ts';

/** A request for work is held open so long when there is none: below what proxies cut off. */
const HELD_MS = 25_000;
/** An agent that can take no more may be able to soon. */
const HELD_WHILE_FULL_MS = 5000;

export function mountAgents(app: Express, services: Services) {
  const bell = openAgentBell(services.database);
  app.use(PLACE, express.raw({ type: 'application/json', limit: '8mb' }));

  app.post(`${PLACE}/enrolments`, async (request, response) =>
    send(response, 201, Enrolled, await enrol(services, read(request, Enrolment))),
  );
  app.post(`${PLACE}/polls`, async (request, response) =>
    send(response, 200, Polled, await poll(services, bell, request, response)),
  );
  app.post(`${PLACE}/orders/:order/progress`, async (request, response) => {
    const told = { ...read(request, Told), order: orderOf(request) };
    const goOn = await asAgent(services, request, (work, agent) => hearProgress(work, agent.id, told));
    send(response, 200, Heard, { goOn });
  });
  app.post(`${PLACE}/orders/:order/outcome`, async (request, response) => {
    const outcome = read(request, Outcome);
    await asAgent(services, request, (work, agent) => hearOutcome(work, agent.id, orderOf(request), outcome));
    send(response, 200, z.object({}), {});
  });
}

async function enrol(services: Services, own: Enrolment): Promise<Enrolled> {
  const protocol = Math.min(SPOKEN.newest, own.protocol.newest);
  refuseProtocol(protocol);
  const hash = hashOfCode(own.code);
  const agent = await services.database.atDoor({ hash }, (door) => findAgentAtDoor(door, hash));
  if (!agent) throw new Refusal('unauthenticated', 'agent.code');
  const keyName = await nameOfKey(own.publicKey);
  return inWork(services, agent, async (work) => {
    const { id, name, client } = await enrolAgent(work, hash, { ...own, keyName, protocol });
    const { name: clientName } = await findClient(work, client);
    return { agent: id, name, client: clientName, orderKey: await orderKeyOf(work), protocol };
  });
}

/** Answers at once when there is something to do or to let go of; otherwise when there is, or with nothing after a while. */
async function poll(
  services: Services,
  bell: AgentBell,
  request: Request,
  response: Response,
): Promise<Polled> {
  const standing = read(request, Poll);
  refuseProtocol(standing.protocol);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { agent, met } = await asAgent(services, request, async (work, agent) => ({
    agent,
    met: await meetAgent(work, agent.id, standing),
  }));
  if (met.begin || met.stop.length > 0) return met;
  if (standing.running.length < standing.capacity) await bell.wait(agent.id, HELD_MS, gone.signal);
  else await sleep(HELD_WHILE_FULL_MS, undefined, { signal: gone.signal }).catch(() => undefined);
  // When nobody is there to take it, an order handed out now would be lost on the way.
  if (gone.signal.aborted) return met;
  return inWork(services, agent, (work) => meetAgent(work, agent.id, standing));
}

/** Runs the work of a request as its agent, once. Refuses what its key did not sign, or what was sent before. */
async function asAgent<T>(
  services: Services,
  request: Request,
  run: (work: Work, agent: AgentAtDoor) => Promise<T>,
): Promise<T> {
  const [, note = ''] = /^Agent ([\w.-]{50,2000})$/.exec(request.get('authorization') ?? '') ?? [];
  const signer = signerNamed(note);
  const agent =
    signer && (await services.database.atDoor({ hash: signer }, (door) => findAgentAtDoor(door, signer)));
  if (!agent) throw new Refusal('unauthenticated', 'agent.unknown');
  if (agent.isRevoked) throw new Refusal('forbidden', 'agent.revoked-away');
  return inWork(services, agent, async (work) => {
    const checked = await checkRequest(
      note,
      { method: request.method, path: request.baseUrl + request.path, body: bodyOf(request) },
      {
        key: PublicKey.parse(agent.publicKey),
        service: await nameOfKey(await orderKeyOf(work)),
        now: work.now,
      },
    );
    if (checked === 'stale') throw new Refusal('unauthenticated', 'agent.clock');
    if (checked === 'forged') throw new Refusal('unauthenticated', 'agent.forged');
    await takeRequest(work, agent, checked.id);
    return run(work, agent);
  });
}

function inWork<T>(
  { database, queue, vault, settings, clock }: Services,
  agent: AgentAtDoor,
  run: (work: Work) => Promise<T>,
): Promise<T> {
  const { provider, client } = agent;
  const clients = [client];
  return database.inProvider(provider, clients, (db) =>
    run({
      db,
      provider,
      clients,
      actor: agentActor(agent),
      now: clock(),
      enqueue: (job, payload, options) => queue.add(db, provider, job, payload, options),
      seal: (purpose, secret) => vault.seal(provider, purpose, secret),
      address: settings.http.publicUrl,
      places: settings.places,
    }),
  );
}

function refuseProtocol(version: number) {
  const isSpoken = version >= SPOKEN.oldest && version <= SPOKEN.newest;
  if (!isSpoken) throw new Refusal('conflict', 'agent.protocol', { ...SPOKEN });
}

function orderOf(request: Request): string {
  const { success, data } = z.uuid().safeParse(request.params.order);
  if (!success) throw new Refusal('not-found', 'not-found.agent-order');
  return data;
}

const bodyOf = (request: Request): Buffer => (Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));

function read<Shape extends z.ZodType>(request: Request, shape: Shape): z.output<Shape> {
  try {
    return shape.parse(JSON.parse(bodyOf(request).toString('utf8')));
  } catch (error) {
    throw new Refusal('invalid', 'agent.malformed', {}, { cause: error });
  }
}

const send = <Answer>(response: Response, status: number, shape: z.ZodType<Answer>, answer: Answer) =>
  void response.status(status).set('cache-control', 'no-store').json(shape.parse(answer));
