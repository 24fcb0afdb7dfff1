/** An export of CISO Assistant: the lists of its API (`assets`, `asset-assessments`, `escalation-thresholds`), as it answers them. */
import { durationText } from '#/plans/durations.ts';
import type { Cell, Table } from '#/plans/exchange/cell.ts';
import type { Note } from '#/plans/exchange/uploads.ts';
import { idsIn, type Lists, notTaken, type TakenRow, type Thing, tableOf, textIn } from './export-tables.ts';

const SOURCE = 'CISO Assistant';

const assetsIn = (lists: Lists): Thing[] => lists.get('assets') ?? lists.get('') ?? [];

export const isCisoAssistant = (lists: Lists): boolean =>
  assetsIn(lists).some((one) => 'parent_assets' in one || 'disaster_recovery_objectives' in one);

/** Primary assets are what one does: activities. The others are what that needs. */
const isPrimary = ({ type }: Thing) => /^(PR|prim)/i.test(String(type ?? ''));

/** What the class of an asset says, by its own name or that of its built-in ones, such as `assetClassServers`. */
const KINDS: [RegExp, string][] = [
  [/virtual|virtuelle/i, 'virtual-machine'],
  [/server|serveur/i, 'server'],
  [/network|réseau/i, 'network'],
  [/saas/i, 'saas'],
  [/end ?user ?devices|workstation|laptop|endpoint|postes/i, 'endpoint-fleet'],
  [/application|software|logiciel/i, 'application'],
  [/premises|building|bâtiment|locaux/i, 'premises'],
  [/supplier|vendor|fournisseur|prestataire/i, 'supplier'],
  [/document/i, 'document'],
  [/data|données/i, 'data-set'],
  [/users|personnel|people|team|staff|équipe/i, 'team'],
  [/hardware|devices|equipment|matériel/i, 'equipment'],
];

export function fromCisoAssistant(lists: Lists): { tables: Table[]; notes: Note[] } {
  const assets = assetsIn(lists);
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  const [activities, supports] = [assets.filter(isPrimary), assets.filter((one) => !isPrimary(one))];
  const parentOf = (asset: Thing): Cell => {
    const parents = idsIn(asset, 'parent_assets').map((id) => byId.get(id));
    const [parent] = parents;
    return parents.length === 1 && parent && isPrimary(parent) ? textIn(parent, 'name') : null;
  };
  const unclear = supports.filter((asset) => kindOf(asset) === null).length;
  return {
    tables: [
      ...tableOf(
        'assets',
        supports.map((asset) => ({
          place: placeOf(asset),
          cells: {
            name: textIn(asset, 'name'),
            kind: kindOf(asset) ?? 'application',
            owner: ownersOf(asset),
            declaredRecoverySeconds: objective(asset, 'recovery_capabilities', 'rto'),
            description: textIn(asset, 'description'),
            externalSource: SOURCE,
            externalId: String(asset.id),
          },
        })),
      ),
      ...tableOf(
        'activities',
        activities.map((asset) => ({
          place: placeOf(asset),
          cells: {
            name: textIn(asset, 'name'),
            owner: ownersOf(asset),
            parent: parentOf(asset),
            mtpdSeconds: objective(asset, 'disaster_recovery_objectives', 'mtd'),
            rtoSeconds: objective(asset, 'disaster_recovery_objectives', 'rto'),
            rpoSeconds: objective(asset, 'disaster_recovery_objectives', 'rpo'),
            description: textIn(asset, 'description'),
          },
        })),
      ),
      ...tableOf('dependencies', needsIn(assets, lists.get('asset_assessments') ?? [], byId)),
    ],
    notes: [
      ...notTaken([
        ...[...lists]
          .filter(([name]) => name !== '' && name !== 'assets' && name !== 'asset_assessments')
          .map(([name, list]): [string, number] => [name, list.length]),
        // Ticks that say it was tested prove nothing here.
        [
          'asset_assessments.recovery_tested',
          (lists.get('asset_assessments') ?? []).filter(({ recovery_tested }) => recovery_tested).length,
        ],
      ]),
      ...(unclear > 0 ? [{ key: 'exchange.kinds-unclear', params: { count: unclear } }] : []),
    ],
  };
}

const placeOf = ({ id }: Thing) => `assets/${id}`;

const kindOf = (asset: Thing): string | null => {
  const own = asset.asset_class as { name?: unknown; str?: unknown } | null | undefined;
  const name = String(own?.name ?? own?.str ?? '');
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
};

const ownersOf = ({ owner }: Thing): Cell =>
  Array.isArray(owner)
    ? owner
        .map((one) => (one as { str?: unknown } | null)?.str)
        .filter((name) => typeof name === 'string')
        .join(', ')
        .slice(0, 200) || null
    : null;

/** As kept, `{objectives: {rto: {value: 14400}}}`, or as told, `[{str: "rto: 4h"}]`. */
function objective(asset: Thing, name: string, which: string): Cell {
  const own = asset[name];
  if (Array.isArray(own)) {
    const told = own.map((one) => String((one as { str?: unknown } | null)?.str ?? ''));
    return told.find((text) => text.startsWith(`${which}: `))?.slice(which.length + 2) ?? null;
  }
  const kept = own as { objectives?: Record<string, { value?: unknown }> } | null | undefined;
  const seconds = Number(kept?.objectives?.[which]?.value);
  return seconds > 0 ? durationText(seconds) : null;
}

/** What stands above an asset needs it, and so says an assessment of what it depends on. */
function needsIn(assets: Thing[], assessments: Thing[], byId: Map<Thing['id'], Thing>): TakenRow[] {
  const pairs = [
    ...assets.flatMap((asset) =>
      idsIn(asset, 'parent_assets').map((parent) => ({
        from: byId.get(parent),
        to: asset,
        place: placeOf(asset),
      })),
    ),
    ...assessments.flatMap((one) =>
      idsIn(one, 'dependencies').map((needed) => ({
        from: byId.get(idsIn(one, 'asset')[0] ?? ''),
        to: byId.get(needed),
        place: `asset_assessments/${one.id}`,
      })),
    ),
  ];
  const rows = new Map<string, TakenRow>();
  for (const { from, to, place } of pairs) {
    if (!from || !to || isPrimary(to)) continue;
    const isActivity = isPrimary(from);
    rows.set(`${from.id} ${to.id}`, {
      place,
      cells: {
        fromKind: isActivity ? 'activity' : 'asset',
        from: isActivity ? textIn(from, 'name') : `${SOURCE}:${from.id}`,
        to: `${SOURCE}:${to.id}`,
        kind: 'hard',
      },
    });
  }
  return [...rows.values()];
}
