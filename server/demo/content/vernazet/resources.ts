/** What activities of the demo's client need, and from which hour of a standstill on. */
import type { Analysis } from '../demo-client.ts';
import { DAY, HOUR } from '../times.ts';

type Needs = NonNullable<Analysis['activities'][number]['resources']>;

const people = (afterSeconds: number, name: string, quantity: number): Needs[number] => ({
  afterSeconds,
  kind: 'people',
  name,
  quantity,
});
const workplace = (afterSeconds: number, name: string, quantity: number): Needs[number] => ({
  afterSeconds,
  kind: 'workplace',
  name,
  quantity,
});

export const RESOURCES: Record<string, Needs> = {
  orders: [
    people(HOUR, 'Vendeurs sédentaires', 4),
    people(DAY, 'Vendeurs sédentaires', 7),
    workplace(4 * HOUR, 'Postes de repli', 4),
    { afterSeconds: 1800, kind: 'other', name: 'Bordereaux carbonés', quantity: 100 },
  ],
  shipping: [
    people(4 * HOUR, 'Préparateurs', 9),
    people(2 * DAY, 'Préparateurs', 18),
    { afterSeconds: 4 * HOUR, kind: 'equipment', name: 'Chariots', quantity: 3 },
  ],
  assembly: [
    people(8 * HOUR, 'Monteurs, dont deux régleurs', 12),
    people(3 * DAY, 'Monteurs, dont trois régleurs', 26),
    { afterSeconds: 8 * HOUR, kind: 'equipment', name: 'Lignes de sertissage', quantity: 2 },
  ],
  field: [
    people(HOUR, 'Dépanneurs', 4),
    { afterSeconds: HOUR, kind: 'equipment', name: 'Camions-ateliers', quantity: 4 },
  ],
  billing: [people(DAY, 'Comptables', 2), workplace(DAY, 'Postes de repli', 2)],
  payroll: [people(DAY, 'Gestionnaire de paie', 1)],
};
