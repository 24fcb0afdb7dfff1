import type { Content, Item } from './content.ts';

/** The mail without any mark-up. */
export const mailText = ({ lead, items, more, open, foot }: Content): string =>
  [lead, ...items.map((item) => textOf(item, open)), ...(more ? [more] : []), `-- \n${foot}`].join('\n\n');

const textOf = ({ label, title, because, facts, subjects, more, href }: Item, open: string): string =>
  [
    label,
    title,
    ...(because ? [because] : []),
    ...facts.map((fact) => `${fact.label} ${fact.value}`),
    ...subjects.map((name) => `- ${name}`),
    ...(more ? [more] : []),
    ...(href ? [`${open} ${href}`] : []),
  ].join('\n');
