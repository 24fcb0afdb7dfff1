import { z } from 'zod';
import { may } from '#/plans/access.ts';
import {
  addTechnicianPool,
  changeTechnicianPool,
  clientsOfPool,
  findTechnicianPool,
  findTechnicianPoolForChange,
  listTechnicianPools,
  NewTechnicianPool,
  removeTechnicianPool,
  TechnicianPool,
} from '#/plans/technician-pools.ts';
import type { Work } from '#/plans/work.ts';
import type { Problem } from '../http/problems.ts';
import { api, etagOf, page, type Typed } from '../http/route.ts';
import { listOf, Nothing, One, whole } from '../http/shapes.ts';
import { cellsOf } from '../records/cells.ts';
import { differencesOf } from '../records/differences.ts';
import { AsTyped, type Field, fillForm } from '../records/field.ts';
import { inputsOf, labelled } from '../records/inputs.ts';
import { parseForm } from '../records/parse-form.ts';
import type { PoolFormView, PoolListView, PoolView } from '../views/technician-pools.ts';
import { form } from '../views.ts';

export const POOL_FIELDS: Field[] = [
  { name: 'name', kind: 'line' },
  { name: 'headCount', kind: 'number' },
  { name: 'skills', kind: 'lines', optional: true },
  { name: 'hours', kind: 'hours' },
];
/** Nothing here is a moment, a day or a size. */
const WRITING = { zone: 'UTC', day: 'd', byte: 'B' } as const;
const current = ({ work, params: { id } }: { work: Work; params: { id: string } }) =>
  findTechnicianPoolForChange(work, id);

export const technicianPoolsApi = [
  api({
    method: 'get',
    path: '/technician-pools',
    summary: 'All technician pools of the provider',
    output: listOf(TechnicianPool),
    run: async ({ work }) => whole(await listTechnicianPools(work)),
  }),
  api({
    method: 'post',
    path: '/technician-pools',
    summary: 'Add: technician pool',
    body: NewTechnicianPool,
    output: TechnicianPool,
    status: 201,
    run: ({ work, body }) => addTechnicianPool(work, body),
  }),
  api({
    method: 'get',
    path: '/technician-pools/:id',
    summary: 'One technician pool',
    params: One,
    output: TechnicianPool,
    run: ({ work, params: { id } }) => findTechnicianPool(work, id),
  }),
  api({
    method: 'put',
    path: '/technician-pools/:id',
    summary: 'Change: technician pool',
    params: One,
    body: NewTechnicianPool,
    output: TechnicianPool,
    current,
    run: ({ work, params: { id }, body }) => changeTechnicianPool(work, id, body),
  }),
  api({
    method: 'delete',
    path: '/technician-pools/:id',
    summary: 'Remove: technician pool',
    params: One,
    output: Nothing,
    status: 204,
    current,
    run: async ({ work, params: { id } }) => {
      await removeTechnicianPool(work, id);
      return {};
    },
  }),
];

/** The provider's people who bring things back, and which clients count on them. */
export const technicianPoolsPages = [
  page({
    method: 'get',
    path: '/technician-pools',
    summary: 'Technician pools',
    run: async ({ work }) => {
      const data: PoolListView = {
        pools: await listTechnicianPools(work),
        mayChange: may(work, 'pool.change'),
      };
      return { show: 'technician-pools/list', data };
    },
  }),
  page({
    method: 'get',
    path: '/technician-pools/new',
    summary: 'Form: technician pool',
    run: async () => ({ show: 'technician-pools/edit', data: formView(null, {}) }),
  }),
  page({
    method: 'post',
    path: '/technician-pools',
    summary: 'Add: technician pool',
    body: AsTyped,
    run: async ({ work, body }) => {
      const { id } = await addTechnicianPool(work, parsed(body));
      return { goTo: `/technician-pools/${id}?saved` };
    },
    again: async ({ typed, problem }) => ({
      show: 'technician-pools/edit',
      data: formView(null, typed, problem),
    }),
  }),
  page({
    method: 'get',
    path: '/technician-pools/:id',
    summary: 'A technician pool',
    params: One,
    query: z.object({ saved: z.string().optional() }),
    run: async ({ work, params: { id }, query: { saved } }) => ({
      show: 'technician-pools/show',
      data: { ...(await poolView(work, id)), isSaved: saved !== undefined },
    }),
  }),
  page({
    method: 'get',
    path: '/technician-pools/:id/edit',
    summary: 'Form: technician pool',
    params: One,
    run: async ({ work, params: { id } }) => {
      const pool = await findTechnicianPool(work, id);
      return { show: 'technician-pools/edit', data: formView(pool, recorded(pool)) };
    },
  }),
  page({
    method: 'post',
    path: '/technician-pools/:id',
    summary: 'Change: technician pool',
    params: One,
    body: AsTyped,
    current,
    run: async ({ work, params: { id }, body }) => {
      await changeTechnicianPool(work, id, parsed(body));
      return { goTo: `/technician-pools/${id}?saved` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'technician-pools/edit',
      data: formView(await findTechnicianPool(work, id), typed, problem),
    }),
  }),
  page({
    method: 'post',
    path: '/technician-pools/:id/removal',
    summary: 'Remove: technician pool',
    params: One,
    current,
    run: async ({ work, params: { id } }) => {
      await removeTechnicianPool(work, id);
      return { goTo: '/technician-pools' };
    },
    again: async ({ work, params: { id }, problem }) => ({
      show: 'technician-pools/show',
      data: { ...(await poolView(work, id)), refusal: problem.detail },
    }),
  }),
];

const parsed = (typed: Typed) => parseForm(POOL_FIELDS, NewTechnicianPool, typed, WRITING.zone);

const recorded = (pool: TechnicianPool): Typed => fillForm(POOL_FIELDS, { ...pool }, WRITING);

async function poolView(work: Work, id: string): Promise<PoolView> {
  const pool = await findTechnicianPool(work, id);
  return {
    pool,
    facts: cellsOf(
      POOL_FIELDS.filter(({ name }) => name !== 'name'),
      { ...pool },
      'technician-pool',
      {},
    ),
    clients: await clientsOfPool(work, id),
    contentionHref: pool.clients > 1 ? `/portfolio/contention/pool/${id}` : null,
    mayChange: may(work, 'pool.change'),
    version: etagOf(pool),
    isSaved: false,
    refusal: null,
  };
}

function formView(pool: TechnicianPool | null, typed: Typed, problem: Problem | null = null): PoolFormView {
  const filled = form(typed, problem);
  const inputs = inputsOf(POOL_FIELDS, {
    words: 'technician-pool',
    typed,
    choices: {},
    errors: filled.errors,
  });
  return {
    pool,
    version: pool && etagOf(pool),
    inputs,
    form: labelled(filled, inputs),
    differences:
      pool && problem?.key === 'http.changed-meanwhile'
        ? differencesOf(POOL_FIELDS, 'technician-pool', recorded(pool), typed)
        : [],
  };
}
