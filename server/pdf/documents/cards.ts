/** One page for each crisis role, to print, fold and keep: who it is, what they decide, whom they call, what they do. */
import { canonical, sha256 } from '#/plans/canonical.ts';
import type { CardsSnapshot, RoleCard } from '#/plans/reports/cards/snapshot.ts';
import { qr } from '#/server/charts/qr.ts';
import { frameOf } from '../view/frame.ts';
import { personView } from '../view/plan/people.ts';
import { cleaned } from '../view/user-text.ts';
import type { Voice } from '../view/voice.ts';

const MOST_CALLS = 6;
const MOST_STEPS = 9;

export function cardsView(given: CardsSnapshot, voice: Voice) {
  const snapshot = cleaned(given);
  const sources = snapshot.plans.map(({ title, number }) => `${title} v${number}`).join(' · ');
  return {
    ...frameOf(given, voice, { owner: snapshot.client.name, chapters: [] }),
    sources: sources || voice.say('cards.no-plan'),
    cards: snapshot.cards.map((card, index) => cardView(card, given.cards[index]!, voice)),
    none: snapshot.cards.length === 0 ? voice.say('plan.roles.empty-text') : '',
  };
}

/** The hash is of the card alone, so that whoever holds one can tell whether it is still the same. */
function cardView(card: RoleCard, given: RoleCard, voice: Voice) {
  const hash = sha256(canonical(given));
  return {
    ...{ name: card.name, mandate: card.mandate ?? voice.say('cards.no-mandate') },
    cell: voice.word(`crisis-cell.${card.cell}`),
    people: card.holders.map((person) => personView(person, voice)),
    nobody: card.holders.length === 0 ? voice.say('plan.nobody') : '',
    decides: card.decides,
    calls: card.calls.slice(0, MOST_CALLS).map(({ name, people, timeoutSeconds, fallback }) => ({
      name,
      people: people.map((person) => ({
        name: person.name === name ? '' : person.name,
        value:
          (person.points.find(({ isOutOfBand }) => isOutOfBand) ?? person.points[0])?.value ??
          voice.say('plan.no-points'),
      })),
      otherwise: fallback
        ? voice.say('plan.then-fallback', { timeoutSeconds, name: fallback })
        : voice.say('plan.then-nobody', { timeoutSeconds }),
    })),
    steps: card.steps.slice(0, MOST_STEPS).map(({ plan, place, action, beginsAfterSeconds }) => ({
      ...{ place, what: action, plan },
      begins: voice.say('plan.begins', { seconds: beginsAfterSeconds }),
    })),
    more: moreOf(card, voice),
    print: hash.slice(0, 16),
    qr: qr(hash, voice.say('cards.qr')),
  };
}

function moreOf({ calls, steps }: RoleCard, voice: Voice): string {
  const count = Math.max(0, calls.length - MOST_CALLS) + Math.max(0, steps.length - MOST_STEPS);
  return count > 0 ? voice.say('cards.more', { count }) : '';
}
