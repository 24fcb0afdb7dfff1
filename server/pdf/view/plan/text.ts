/** What people wrote in Markdown, as HTML for print. */
import type { PlanSnapshot } from '#/plans/reports/plan/snapshot.ts';
import { htmlOf } from '#/server/http/markdown.ts';
import type { Voice } from '../voice.ts';

type Section = PlanSnapshot['sections'][number];

export function sectionView({ kind, title, body, payload }: Section, place: number, voice: Voice) {
  return {
    ...{ id: `section-${kind}`, place, title },
    html: body.trim() === '' ? '' : printed(htmlOf(body, title)),
    thresholds: (payload.thresholds ?? []).map(({ sign, limit, decidedBy }) => ({
      ...{ what: sign, limit, decidedBy: decidedBy ?? voice.say('none') },
    })),
    channels: (payload.channels ?? []).map(({ audience, channel, fallback, by }) => ({
      ...{ audience, channel, fallback: fallback ?? voice.say('none'), by: by ?? voice.say('none') },
    })),
  };
}

/** Tags that spoil the PDF are exchanged, and line breaks stay where they mean something: the report's own are taken out. */
function printed(html: string): string {
  return html
    .replace(/<pre>[\s\S]*?<\/pre>/g, (block) => block.trimEnd().replaceAll('\n', '&#10;'))
    .replaceAll('<br>', '&#10;')
    .replace(/<(\/?)strong>/g, '<$1b>')
    .replaceAll('<em>', '<span class="em">')
    .replaceAll('</em>', '</span>')
    .replace(/<del>/g, '<span class="del">')
    .replaceAll('</del>', '</span>')
    .replace(/<input[^>]*>/g, '<span class="box"></span>')
    .replace(/ (?:role|tabindex|aria-label|rel)="[^"]*"/g, '')
    .replace(/>\n</g, '><')
    .replaceAll('\n', ' ');
}
