/** Makes a client's text of a starting text: every open question gets its answer. */
import type { SectionKind } from '#/plans/facts.ts';
import type { Section } from '#/plans/plan-sections.ts';
import type { Starter } from '#/plans/starter-plans.ts';
import { french } from './french.ts';

/** By question; several are given in the order in which the question comes, and the last one goes on. */
export type Answers = Record<string, string | string[]>;
export type PlanAnswers = Partial<Record<SectionKind | 'everywhere', Answers>>;

const QUESTION = /\[\[([^[\]\n]+)\]\]/g;

const NBSP = '\u00a0';

/** To be filled in by hand, on the day. */
export const BLANK = '……';

/**
 * A quotation is a form that is read aloud or sent on the day, and stays one but for what is answered for `> question` or
 * everywhere. Any other question without an answer is left open, and so keeps the plan from being approved.
 */
export function filledSections(
  starter: Starter,
  { everywhere = {}, ...answers }: PlanAnswers,
): Omit<Section, 'payload'>[] {
  return starter.sections.map(({ kind, title, body }) => {
    const answer = answersOf({ ...everywhere, ...answers[kind] });
    const always = answersOf(everywhere);
    const inForm = (question: string) => answer(`> ${question}`) ?? always(question) ?? `(${question})`;
    const lines = body
      .split('\n')
      .map((line) =>
        line.replace(QUESTION, (open, question) =>
          line.startsWith('>') ? inForm(question) : (answer(question) ?? open),
        ),
      );
    return { kind, title, body: french(lines.join('\n')) };
  });
}

export function filledText(text: string, answers: Answers): string {
  const answer = answersOf(answers);
  return text.replace(QUESTION, (open, question) => answer(question) ?? open);
}

function answersOf(answers: Answers): (question: string) => string | null {
  const left = new Map(Object.entries(answers).map(([question, told]) => [question, [told].flat()]));
  return (question) => {
    const own = left.get(question.replaceAll(NBSP, ' '));
    if (!own) return null;
    return own.length > 1 ? own.shift()! : own[0]!;
  };
}

/** Values that the starting text proposes and the client confirms. */
export const usual = (...values: string[]): Answers =>
  Object.fromEntries(values.map((value) => [value, value]));
