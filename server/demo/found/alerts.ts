/** Founds who is told of alerts, and takes one of those on that stand when the demo begins. */
import { acknowledgeAlert, listAlerts } from '#/plans/alerts/alerts.ts';
import { addAlertChannel, NewAlertChannel } from '#/plans/alerts/channels.ts';
import { NewAlertRoute } from '#/plans/alerts/route-shape.ts';
import { addAlertRoute } from '#/plans/alerts/routes.ts';
import { refreshStandings } from '#/plans/standings.ts';
import { as, type Story } from './story.ts';

/** Nobody is really told: the demo has no relay, and says so. */
export async function foundAlerts(stories: Story[]): Promise<void> {
  const [first] = stories;
  if (!first) return;
  const { work, people, client, refs } = first;
  const claire = as(first, 'claire', work.now);
  const person = (key: 'claire' | 'hugo' | 'samia') => `person:${people.get(key)!.id}`;
  const channel = await addAlertChannel(
    claire,
    NewAlertChannel.parse({
      name: 'Supervision de l’agence',
      kind: 'teams',
      address: 'https://supervision.amarante.example/alertes',
    }),
  );
  for (const route of [
    {
      name: 'Astreinte technique',
      leastSeverity: 'warning',
      recipients: [
        { to: person('samia') },
        { to: `channel:${channel.id}` },
        { to: person('claire'), isDeputy: true },
      ],
      quietFrom: '20:00',
      quietUntil: '07:00',
      isQuietAtWeekends: true,
      escalateAfterSeconds: 1800,
    },
    {
      name: 'Suivi des échéances',
      rules: ['proof-expiring', 'review-overdue', 'action-overdue', 'approvers-gone', 'key-drill-overdue'],
      recipients: [{ to: person('hugo') }],
      pace: 'weekly',
    },
    {
      name: 'Informatique de Vernazet',
      client,
      leastSeverity: 'critical',
      recipients: [{ to: `contact:${refs.id('thomas')}` }],
    },
  ])
    await addAlertRoute(claire, NewAlertRoute.parse(route));

  while ((await refreshStandings(work)) > 0);
  const hugo = as(first, 'hugo', work.now);
  const asked = { client, state: null, severity: null, rule: 'action-overdue' } as const;
  const [overdue] = await listAlerts(hugo, asked);
  if (overdue)
    await acknowledgeAlert(hugo, overdue.id, {
      hours: 72,
      note: 'Devis demandé, réponse attendue cette semaine.',
    });
}
