import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetAlerts } from '../../api/answers.ts'
import { Failed } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { counted } from '../../words/numbers.ts'
import { ChannelsCard } from './channels-card.tsx'
import { DeliveriesCard } from './deliveries-card.tsx'
import { MakeDialog } from './make-dialog.tsx'
import { RingingCard } from './ringing-card.tsx'
import { RulesCard } from './rules-card.tsx'
import { useAlerts, usePlaces } from './use-alerts.ts'

/** Does anything ring, and who was told? The dialog that makes a rule is open where the address names a measure. */
export function AlertsPage(): ReactNode {
  const begun = useSearch({ from: '/alerts' })
  const navigate = useNavigate()
  const { data, error, refetch } = useAlerts()
  const placeOf = usePlaces()
  const turn = (measure: string | undefined): void =>
    void navigate({ to: '/alerts', search: (search) => ({ ...search, measure, q: undefined }) })
  return (
    <main id="main">
      <PageHead title="Alerts" answer={data === undefined ? 'Reading the alerts.' : answerOf(data)}>
        <button type="button" className="btn primary" onClick={() => turn('error_rate')}>
          Make an alert
        </button>
      </PageHead>
      {error === null ? null : (
        <Failed error={error} what="Alerts could not be read." retry={() => void refetch()} />
      )}
      {data?.rules.some(({ state }) => state === 'firing') === true ? (
        <RingingCard rules={data.rules} />
      ) : null}
      <RulesCard rules={data?.rules} placeOf={placeOf} />
      <ChannelsCard channels={data?.channels} />
      <DeliveriesCard />
      {begun.measure === undefined || data === undefined ? null : (
        <MakeDialog
          begun={begun}
          channels={data.channels}
          names={data.rules.map(({ name }) => name)}
          onClose={() => turn(undefined)}
        />
      )}
    </main>
  )
}

const NAMED = 3

/** The answer in a sentence. */
function answerOf({ rules, channels }: GetAlerts): string {
  const rings = rules.flatMap(({ name, alerts }) =>
    alerts
      .filter(({ state }) => state === 'firing')
      .map(({ key }) => (key === '' ? name : `${name} (${key})`)),
  )
  const failing = channels.filter(({ health }) => health === 'failing').length
  const also = failing === 0 ? '' : ` ${counted(failing, 'channel', 'channels')} cannot be reached.`
  if (rings.length === 0) return `Nothing rings.${rules.length === 0 ? ' There is no rule yet.' : ''}${also}`
  const more = rings.length > NAMED ? `, and ${rings.length - NAMED} more` : ''
  const verb = rings.length === 1 ? 'alert rings' : 'alerts ring'
  return `${rings.length} ${verb}: ${rings.slice(0, NAMED).join(', ')}${more}.${also}`
}
