/** Founds impact scales, activities with their curves, and the studies that were handed in and approved. */
import { addActivity, NewActivity } from '#/plans/activities.ts';
import { handInStudy, NewStudy } from '#/plans/bia-studies.ts';
import { addImpactCategory, NewImpactCategory } from '#/plans/impact-categories.ts';
import { approveStudy } from '#/plans/study-decisions.ts';
import { foundNeeds } from './inventory.ts';
import { type Chapter, desk, type Story } from './story.ts';

export function analysisChapters({ analysis }: Story['content']): Chapter[] {
  return [
    { on: analysis.on, tell: foundAnalysis },
    { on: analysis.on, tell: foundNeeds },
    ...analysis.studies.flatMap(({ on, approved, study, review }, place): Chapter[] => {
      const ref = `study ${place}`;
      const handIn: Chapter = {
        on,
        tell: async (story) => {
          const { clock, client, content, refs } = story;
          const told = NewStudy.parse({ ...study, nextReviewOn: clock.day(review) });
          refs.set(ref, (await handInStudy(desk(story, content.author, on, '17:00')(), client, told)).id);
        },
      };
      if (approved === null) return [handIn];
      return [
        handIn,
        {
          on: approved,
          tell: async (story) => {
            const work = desk(story, story.content.approver, approved, '11:30')();
            await approveStudy(work, story.refs.id(ref), { comment: null });
          },
        },
      ];
    }),
  ];
}

async function foundAnalysis(story: Story): Promise<void> {
  const { content, client, refs } = story;
  const { on, categories, activities } = content.analysis;
  const next = desk(story, content.author, on, '09:30', 300);
  for (const { ref, ...category } of categories)
    refs.set(ref, (await addImpactCategory(next(), client, NewImpactCategory.parse(category))).id);
  for (const { ref, ...activity } of activities)
    refs.set(ref, (await addActivity(next(), client, NewActivity.parse(refs.resolve(activity)))).id);
}
