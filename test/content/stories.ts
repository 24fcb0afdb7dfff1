/** What may happen to a share over a month: work, and worse. Each is told many times, and alarms are counted. */
import { judgeContent } from '#/plans/content/judge.ts';
import type { ContentProfile } from '#/plans/content/profile.ts';
import {
  encrypt,
  type MadeFile,
  makeFile,
  makeShare,
  profileOf,
  type Random,
  randomFrom,
  workADay,
} from './share.ts';

/** Days of plain work before anything happens. */
const BEFORE = 10;
const AFTER = 20;
const HISTORY = 10;
const FILES = 600;

export interface Story {
  /** How often the README says that it raises an alarm. */
  raises: 'always' | 'mostly' | 'never';
  day(share: MadeFile[], random: Random, day: number): MadeFile[];
}

const once =
  (change: (share: MadeFile[], random: Random) => MadeFile[]): Story['day'] =>
  (share, random, day) =>
    day === 0 ? change(share, random) : share;

const aDay =
  (share: number, ending = ''): Story['day'] =>
  (files, random) =>
    files.map((file) =>
      random() < share && !file.path.endsWith('.locked') ? encrypt(file, random, ending) : file,
    );

export const STORIES: Record<string, Story> = {
  'plain work': { raises: 'never', day: (share) => share },
  'growth of 5 % a day': {
    raises: 'never',
    day: (share, random, day) => [
      ...share,
      ...Array.from({ length: Math.floor(share.length * 0.05) }, (_, i) =>
        makeFile(`croissance-${day}/${i}.pdf`, random),
      ),
    ],
  },
  'folders renamed': {
    raises: 'never',
    day: once((share) => share.map((file) => ({ ...file, path: `archives/${file.path}` }))),
  },
  'a tenth put into zip files': {
    raises: 'never',
    day: once((share, random) => [
      ...share.slice(share.length / 10),
      ...Array.from({ length: 6 }, (_, i) => makeFile(`archives/${i}.zip`, random)),
    ]),
  },
  'all put into zip files': {
    raises: 'always',
    day: once((_, random) => Array.from({ length: 60 }, (_, i) => makeFile(`archives/${i}.zip`, random))),
  },
  'half purged': { raises: 'always', day: once((share) => share.slice(share.length / 2)) },
  'all encrypted in place': {
    raises: 'always',
    day: once((share, random) => share.map((file) => encrypt(file, random))),
  },
  'all encrypted and renamed': {
    raises: 'always',
    day: once((share, random) => share.map((file) => encrypt(file, random, '.locked'))),
  },
  '2 % a day encrypted in place': { raises: 'always', day: aDay(0.02) },
  '2 % a day encrypted and renamed': { raises: 'always', day: aDay(0.02, '.locked') },
  '0.1 % a day encrypted in place': { raises: 'mostly', day: aDay(0.001) },
  'only the middle of files encrypted': {
    raises: 'never',
    day: once((share, random) =>
      share.map((file) => (random() < 0.3 ? { ...file, size: file.size + 528 } : file)),
    ),
  },
};

/** How many of so many histories raised an alarm, on which day after it began at the median, and false ones a day of work. */
export function tellStories(story: Story, histories: number) {
  const days: number[] = [];
  let falseAlarms = 0;
  for (let seed = 1; seed <= histories; seed++) {
    const told = tell(story, seed);
    if (told.day !== null) days.push(told.day);
    falseAlarms += told.before;
  }
  days.sort((a, b) => a - b);
  return {
    alarmed: days.length,
    of: histories,
    medianDay: days[days.length >> 1] ?? null,
    lastDay: days.at(-1) ?? null,
    falseAlarms,
    pointsBefore: histories * BEFORE,
  };
}

function tell(story: Story, seed: number): { day: number | null; before: number } {
  const random = randomFrom(seed * 7919);
  let share = makeShare(FILES, random);
  let earlier: ContentProfile[] = [];
  let before = 0;
  for (let day = -BEFORE; day < AFTER; day++) {
    share = workADay(share, random, day);
    if (day >= 0) share = story.day(share, random, day);
    const now = profileOf(share);
    if (judgeContent(now, earlier).state === 'suspect') {
      if (day >= 0) return { day, before };
      before++;
    } else earlier = [now, ...earlier].slice(0, HISTORY);
  }
  return { day: null, before };
}
