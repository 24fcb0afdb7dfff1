/** In which order things come back: computed from what needs what, with what was measured of each. */
import type { PlanSnapshot } from '#/plans/reports/plan/snapshot.ts';
import { type DependencyNode, dependencyPicture } from '#/server/charts/dependency-picture.ts';
import type { Voice } from '../voice.ts';

/** More boxes than this are no picture any more; the table has them all. */
const MOST_DRAWN = 45;

type Step = PlanSnapshot['restart']['steps'][number];

export function restartView(snapshot: PlanSnapshot, voice: Voice) {
  const { steps } = snapshot.restart;
  const places = new Map(steps.map(({ asset }, index) => [asset, index + 1]));
  const names = new Map(snapshot.activities.map(({ id, name }) => [id, name]));
  const waves = new Set(steps.map(({ wave }) => wave)).size;
  return {
    title:
      steps.length === 0
        ? voice.say('plan.restart.none')
        : voice.say('plan.restart.title', { count: steps.length, waves }),
    picture:
      snapshot.restart.edges.length > 0 && steps.length <= MOST_DRAWN ? pictureOf(snapshot, voice) : '',
    tooMany: steps.length > MOST_DRAWN ? voice.say('plan.restart.too-many', { count: steps.length }) : '',
    rows: steps.map((step, index) => ({
      place: index + 1,
      wave: step.wave === null ? voice.say('plan.circle') : String(step.wave),
      isCircle: step.wave === null,
      name: step.name,
      kind: voice.word(`asset-kind.${step.kind}`),
      after: step.after.flatMap((asset) => places.get(asset) ?? []).join(', ') || voice.say('none'),
      begins:
        step.beginsAfterSeconds === null
          ? voice.say('not-measured')
          : voice.say('plan.begins', { seconds: step.beginsAfterSeconds }),
      takes: takes(step, voice),
      tone: toneOf(step),
      needed: fewOf(
        step.activities.flatMap((id) => names.get(id) ?? []),
        voice,
      ),
    })),
  };
}

const MOST_NAMES = 2;

function fewOf(names: string[], voice: Voice): string {
  const rest = names.length - MOST_NAMES;
  const few = names.slice(0, MOST_NAMES).join(', ');
  return rest > 0 ? voice.say('names-and-more', { names: few, count: rest }) : few;
}

function takes({ standing, seconds }: Step, voice: Voice): string {
  if (standing === 'untimed') return voice.say('readiness.untimed');
  if (seconds === null) return voice.say('not-measured');
  return standing === 'declared' ? voice.say('readiness.declared', { seconds }) : voice.duration(seconds);
}

const toneOf = ({ standing }: Step): string =>
  standing === 'measured' ? 'is-proven' : standing === 'declared' ? 'is-declared' : 'is-missing';

function pictureOf({ restart }: PlanSnapshot, voice: Voice): string {
  const tied = new Set(restart.edges.flatMap(({ from, to }) => [from, to]));
  return dependencyPicture({
    nodes: restart.steps.filter(({ asset }) => tied.has(asset)).map(nodeOf),
    edges: restart.edges,
    title: voice.say('plan.picture'),
    desc: voice.say('plan.picture-of', { count: restart.steps.length, links: restart.edges.length }),
  });
}

const nodeOf = ({ asset, name, wave, standing }: Step): DependencyNode => ({
  ...{ id: asset, name, wave },
  tone: wave === null ? 'circle' : standing === 'measured' || standing === 'declared' ? standing : 'unknown',
});
