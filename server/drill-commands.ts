/** The commands of a drill that restores, for whoever has no Reprise: what `reprise drill foreign` does, to be pasted into a shell. */
import { fillScript, OUR_PAPER, ROOT_COMMANDS, readPaper } from '#/jobs/recovery-points/foreign/paper.ts';
import { sha256 } from '#/plans/canonical.ts';
import { notFound } from '#/plans/errors.ts';
import type { KeyDrill } from '#/plans/key-drills.ts';

export function drillCommands({ id, asset, point }: KeyDrill): string {
  if (!asset || !point) throw notFound('key-drill');
  const script = fillScript(readPaper(OUR_PAPER), {
    asset: asset.label,
    point,
    identity: '"$KEY"',
    into: '"$OUT"',
  });
  return `# In a copy of the store, with the key in cle.txt and the sealed answer beside it.
KEY=cle.txt DRILL=reprise-${id}.age OUT=$PWD/restored-${id}
age -d -i "$KEY" "$DRILL" >drill.txt
CHALLENGE=$(sed -n 's/^challenge: //p' drill.txt)
BEGAN=$(date +%s)
${script.trim()}
${ROOT_COMMANDS}cat >resultat.txt <<END
reprise-foreign-restore 1
drill: ${id}
answer: $(sed -n 1p drill.txt)
point: ${point}
paper: ${sha256(OUR_PAPER)}
source: hand
isolation: none
seconds: $(($(date +%s) - BEGAN))
files: $(wc -l <lines.txt)
bytes: $(awk '{ sum += $2 } END { printf "%d", sum }' lines.txt)
root: \${ROOT%% *}
tools: age $(age --version); $(zstd --version); $(tar --version | sed -n 1p)
END
rm drill.txt lines.txt
cat resultat.txt
`;
}
