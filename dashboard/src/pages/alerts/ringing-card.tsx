import type { ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { Menu } from '../../parts/menu.tsx'
import { Failed } from '../../parts/notices.tsx'
import { State } from '../../parts/state.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { told } from './states.tsx'
import { useAct, type Act, type Alert, type Rule } from './use-alerts.ts'

const WHILES = ['1h', '8h', '1d', '7d'] as const

interface Ringing {
  readonly rule: Rule
  readonly alert: Alert
}

/** What rings now, and what can be done about it. */
export function RingingCard({ rules }: { readonly rules: readonly Rule[] }): ReactNode {
  const times = useTimes()
  const now = useNow()
  const acting = useAct()
  const rows = rules.flatMap((rule) =>
    rule.alerts.filter(({ state }) => state === 'firing').map((alert) => ({ rule, alert })),
  )
  const columns: readonly Column<Ringing>[] = [
    {
      head: 'Alert',
      className: 'said',
      cell: ({ rule, alert }) => (
        <>
          <b className="strong">{rule.name}</b>
          <span className="sub">{alert.text}</span>
        </>
      ),
    },
    { head: 'Value', num: true, cell: ({ alert }) => told(alert.value, alert.unit) },
    { head: 'Since', className: 'nowrap', cell: ({ alert }) => times.moment(alert.since, now) },
    {
      head: 'State',
      cell: ({ rule, alert }) => <Standing rule={rule} alert={alert} until={(at) => times.moment(at, now)} />,
    },
    {
      head: 'What to do',
      isHeadHidden: true,
      cell: ({ rule, alert }) => <Acts rule={rule} alert={alert} act={acting.mutate} />,
    },
  ]
  return (
    <section className="card" aria-labelledby="h-rings">
      <header>
        <h2 id="h-rings">Rings now</h2>
      </header>
      {acting.error === null ? null : <Failed error={acting.error} what="Nothing was changed." />}
      <Table
        label="Rings now"
        className="stacked"
        columns={columns}
        rows={rows}
        keyOf={({ alert }) => alert.id}
      />
    </section>
  )
}

function Standing({ rule, alert, until }: Ringing & { readonly until: (at: string) => string }): ReactNode {
  if (rule.muted !== null) return <State tone="soft">muted until {until(rule.muted.until)}</State>
  if (alert.acknowledged !== null) return <State tone="info">acknowledged</State>
  return <State tone={alert.severity === 'info' ? 'warn' : 'bad'}>{alert.severity}</State>
}

function Acts({ rule, alert, act }: Ringing & { readonly act: (what: Act) => void }): ReactNode {
  const { name } = rule
  return (
    <div className="row">
      {alert.acknowledged === null ? (
        <button
          type="button"
          className="btn s"
          onClick={() => act({ act: 'acknowledge', rule: name, key: alert.key })}
        >
          Acknowledge
        </button>
      ) : null}
      <MuteButton rule={rule} act={act} />
    </div>
  )
}

/** Lets a rule tell nobody for a while, or tell again. */
function MuteButton({
  rule: { name, muted },
  act,
}: {
  readonly rule: Rule
  readonly act: (what: Act) => void
}): ReactNode {
  if (muted !== null)
    return (
      <button type="button" className="btn s" onClick={() => act({ act: 'unmute', rule: name })}>
        Unmute
      </button>
    )
  return (
    <Menu
      label={`Mute ${name}`}
      button="Mute"
      className="btn s"
      acts={WHILES.map((time) => ({
        name: `For ${time}`,
        icon: 'clock',
        act: () => act({ act: 'mute', rule: name, for: time }),
      }))}
    />
  )
}
