/** A runbook as it is read and printed: in its order, with who does each step, when it can begin, and what it waits for. */
import { may } from '#/plans/access.ts';
import { listAssets } from '#/plans/assets.ts';
import { listCrisisRoles } from '#/plans/crisis-roles.ts';
import { findVersion } from '#/plans/plan-versions.ts';
import { triedFor } from '#/plans/version-call-trees.ts';
import type { Runbook } from '#/plans/version-runbooks.ts';
import type { Work } from '#/plans/work.ts';
import type { ReadStep, RunbookView } from '../../views/runbook.ts';
import type { Figure } from '../noun.ts';

export async function runbookFigure(work: Work, runbook: Runbook): Promise<Figure> {
  const { id, client, state, steps, times } = runbook;
  const isOpen = state === 'draft' && may(work, 'plan.change');
  const { roles, sha256 } = await findVersion(work, id);
  const tried = await triedFor(work, client);
  const roleNames = new Map((await listCrisisRoles(work, client)).map((role) => [role.id, role.name]));
  const assets = new Map((await listAssets(work, client)).map((asset) => [asset.id, asset.name]));
  const places = new Map(steps.map(({ key }, place) => [key, place]));
  const shown = steps.map((step, place): ReadStep => {
    const isFrozen = sha256 !== null;
    const who = (!isFrozen && roleNames.get(step.crisisRole ?? '')) || step.role;
    return {
      ...step,
      number: place + 1,
      who,
      people: isFrozen
        ? (roles.find(({ name }) => name === who)?.holders ?? [])
        : tried(step.crisisRole).map(({ name }) => name),
      beginsAfterSeconds: times.beginsAfter[place]!,
      isBinding: times.chain.includes(step.key),
      restores: step.asset === null ? null : { id: step.asset, name: assets.get(step.asset) ?? null },
      waits: step.after.map(({ key, lagSeconds }) => {
        const before = places.get(key)!;
        return {
          key,
          lagSeconds,
          number: before + 1,
          action: steps[before]!.action,
          isBelow: before > place,
        };
      }),
      editHref: isOpen ? `/runbooks/${id}/steps/${step.key}` : null,
    };
  });
  const data: RunbookView = {
    steps: shown,
    chain: times.chain.map((key) => shown[places.get(key)!]!),
    skills: skillsOf(steps),
    addHref: isOpen ? `/runbooks/${id}/new-step` : null,
    versionHref: `/plan-versions/${id}`,
  };
  return { partial: 'partials/runbook-steps', data };
}

/** What somebody has to be able to do, most asked for first. */
function skillsOf(steps: Runbook['steps']): RunbookView['skills'] {
  const bySkill = Map.groupBy(
    steps.filter(({ skill }) => skill !== null),
    ({ skill }) => skill!,
  );
  return [...bySkill]
    .map(([skill, own]) => ({ skill, count: own.length }))
    .toSorted((left, right) => right.count - left.count);
}
