/**
 * What needs what, in columns: what can begin at once stands left, what waits for it one column further right. Boxes of a
 * column stand beside what they wait for, so that few lines cross.
 */
import { COLOUR, escapeXml, picture, shape } from './svg.ts';

const COLUMN = 140;
const BOX = { width: 116, height: 26 };
const ROW = 34;

export interface DependencyNode {
  id: string;
  name: string;
  /** From 1 on; null: it waits for itself, in a circle, and stands last. */
  wave: number | null;
  tone: 'measured' | 'declared' | 'unknown' | 'circle' | 'activity';
}

export interface DependencyPicture {
  nodes: DependencyNode[];
  edges: { from: string; to: string }[];
  title: string;
  desc: string;
}

const TONES: Record<DependencyNode['tone'], { stroke: string; dash: string; fill: string }> = {
  measured: { stroke: COLOUR.proven, dash: 'none', fill: '#EDF5F4' },
  declared: { stroke: COLOUR.declared, dash: 'none', fill: COLOUR.paper },
  unknown: { stroke: COLOUR.unknown, dash: '3 2', fill: COLOUR.paper },
  circle: { stroke: COLOUR.contradicted, dash: 'none', fill: '#FBEFEE' },
  activity: { stroke: COLOUR.ink, dash: 'none', fill: COLOUR.wash },
};

export function dependencyPicture({ nodes, edges, title, desc }: DependencyPicture): string {
  const places = placesOf(nodes, edges);
  const columns = Math.max(1, ...[...places.values()].map(({ column }) => column + 1));
  const rows = Math.max(1, ...[...places.values()].map(({ row }) => row + 1));
  const at = (id: string) => {
    const { column, row } = places.get(id)!;
    return { x: 2 + column * COLUMN, y: 2 + row * ROW };
  };
  const lines = edges
    .filter(({ from, to }) => places.has(from) && places.has(to))
    .map(({ from, to }) => curve(at(from), at(to)));
  const boxes = nodes.map(({ id, name, tone }) => box(at(id), name, tone));
  return picture({
    width: (columns - 1) * COLUMN + BOX.width + 4,
    height: (rows - 1) * ROW + BOX.height + 4,
    title,
    desc,
    body: [...lines, ...boxes].join(''),
  });
}

interface Place {
  column: number;
  row: number;
}

/** Column by wave; within one, by the mean row of what is waited for. */
function placesOf(nodes: DependencyNode[], edges: { from: string; to: string }[]): Map<string, Place> {
  const last = 1 + Math.max(0, ...nodes.map(({ wave }) => wave ?? 0));
  const columns = Map.groupBy(nodes, ({ wave }) => wave ?? last);
  const before = Map.groupBy(edges, ({ to }) => to);
  const places = new Map<string, Place>();
  for (const [column, wave] of [...columns.keys()].sort((left, right) => left - right).entries()) {
    const meanRow = ({ id }: DependencyNode) => {
      const rows = (before.get(id) ?? []).flatMap(({ from }) => places.get(from)?.row ?? []);
      return rows.length === 0 ? Infinity : rows.reduce((sum, row) => sum + row, 0) / rows.length;
    };
    const inOrder = columns.get(wave)!.toSorted((left, right) => meanRow(left) - meanRow(right) || 0);
    for (const [row, { id }] of inOrder.entries()) places.set(id, { column, row });
  }
  return places;
}

function curve(from: { x: number; y: number }, to: { x: number; y: number }): string {
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  const bend = Math.max(14, (x2 - x1) / 2);
  const d = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  return shape('path', { d, fill: 'none', stroke: COLOUR.unknown, 'stroke-width': 0.9 });
}

/** Two lines at most; what is longer is cut by its box. */
function box({ x, y }: { x: number; y: number }, name: string, tone: DependencyNode['tone']): string {
  const { stroke, dash, fill } = TONES[tone];
  const frame = shape('rect', { x, y, ...BOX, fill, stroke, 'stroke-width': 1.1, 'stroke-dasharray': dash });
  const [first, second] = linesOf(name);
  const text = (line: string, top: number) =>
    `<text x="5" y="${top}" font-size="8.4" fill="${COLOUR.ink}">${escapeXml(line)}</text>`;
  const words = second === '' ? text(first, 16) : text(first, 11) + text(second, 21);
  return `${frame}<svg x="${x}" y="${y}" width="${BOX.width - 4}" height="${BOX.height}">${words}</svg>`;
}

const LINE = 25;

function linesOf(name: string): [string, string] {
  if (name.length <= LINE) return [name, ''];
  const at = name.lastIndexOf(' ', LINE);
  const cut = at > 8 ? at : LINE;
  const rest = name.slice(cut).trim();
  return [name.slice(0, cut).trim(), rest.length > LINE ? `${rest.slice(0, LINE - 1)}…` : rest];
}
