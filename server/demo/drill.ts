/**
 * The drill of the first client's ransomware: restores are real, and people say at a table what they would do, so that it can never
 * be taken for passed. One that a killed start left behind goes on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { listContacts } from '#/plans/contacts.ts';
import {
  type Drill,
  type DrillItem,
  findDrill,
  listDrills,
  NewDrill,
  startDrill,
} from '#/plans/drills/drills.ts';
import { isForPeople, runDrillStep } from '#/plans/drills/steps.ts';
import { listMembers } from '#/plans/people.ts';
import { listScenarios } from '#/plans/scenarios.ts';
import { TOKEN_SCOPES, type Work } from '#/plans/work.ts';
import type { Service } from '../service.ts';

interface Stage {
  service: Pick<Service, 'inProvider'>;
  provider: string;
  tell: (line: string) => void;
}

export async function drillRansomware({ service, provider, tell }: Stage, client: string): Promise<Drill> {
  const people = await service.inProvider(provider, (work) => peopleOf(work, client));
  let drill = await service.inProvider(provider, (work) =>
    underWay({ ...work, actor: people.technician }, client),
  );
  tell(`Drilling ${drill.scenario.name}`);
  while (drill.state === 'running') {
    const next = drill.items.find((item) => item.state === 'ready' && isForPeople(drill, item));
    if (next) {
      const actor = people.whoDoes(next);
      drill = await service.inProvider(provider, (work) =>
        runDrillStep({ ...work, actor }, drill.id, { key: next.key, event: 'talk', note: null }),
      );
      continue;
    }
    await sleep(100);
    drill = await service.inProvider(provider, (work) => findDrill(work, drill.id));
  }
  return drill;
}

async function underWay(work: Work, client: string): Promise<Drill> {
  const running = (await listDrills(work, client)).find(({ state }) => state === 'running');
  if (running) return findDrill(work, running.id);
  const scenario = (await listScenarios(work, client)).find(
    ({ family }) => family === 'ransomware-admin-stolen',
  );
  return startDrill(work, client, NewDrill.parse({ scenario: scenario?.id, deadlineSeconds: 900 }));
}

/** Whoever is named for a step and signs in says what they would do; for the others their technician does. */
async function peopleOf(work: Work, client: string) {
  const members = await listMembers(work);
  const contacts = new Map((await listContacts(work, client)).map(({ id, person }) => [id, person]));
  const actors = members
    .filter(({ role }) => role === 'technician' || role === 'client-approver')
    .map(({ id, name, role }): Work['actor'] => ({ kind: 'person', id, name, role, scopes: TOKEN_SCOPES }));
  const technician = actors.find(({ role }) => role === 'technician')!;
  return {
    technician,
    whoDoes: ({ contacts: named }: DrillItem) =>
      named.flatMap(({ id }) => actors.find((actor) => actor.id === contacts.get(id)) ?? [])[0] ?? technician,
  };
}
