import type { ReactNode } from 'react'
import { State, type Tone } from '../../parts/state.tsx'
import { valueText, type Unit } from '../../words/units.ts'
import type { Channel, Delivery, Rule } from './use-alerts.ts'

const RULE: Readonly<Record<Rule['state'], { readonly tone: Tone; readonly word: string }>> = {
  firing: { tone: 'bad', word: 'rings' },
  pending: { tone: 'warn', word: 'holds, not for long enough yet' },
  quiet: { tone: 'good', word: 'quiet' },
  unknown: { tone: 'soft', word: 'not looked at yet' },
}

/** How a rule stands. */
export function RuleState({ rule: { state, last } }: { readonly rule: Rule }): ReactNode {
  const { tone, word } = RULE[state]
  const problem = last?.problem
  if (typeof problem === 'string') return <State tone="warn">could not be looked at: {problem}</State>
  return <State tone={tone}>{word}</State>
}

/** How a channel does. */
export function ChannelState({ channel: { health, reason } }: { readonly channel: Channel }): ReactNode {
  if (health === 'ok') return <State tone="good">delivers</State>
  if (health === 'untried') return <State tone="soft">not tried yet</State>
  return <State tone="bad">failing{reason === null ? '' : `: ${reason}`}</State>
}

const DELIVERY: Readonly<Record<Delivery['state'], Tone>> = {
  waiting: 'info',
  delivered: 'good',
  failed: 'bad',
  withheld: 'soft',
}

/** What became of a message. */
export function DeliveryState({ delivery: { state, reason } }: { readonly delivery: Delivery }): ReactNode {
  return (
    <State tone={DELIVERY[state]}>
      {state}
      {reason === null ? '' : `: ${reason}`}
    </State>
  )
}

/** A value in its unit; nothing where none is known. */
export function told(value: number | null, unit: Unit | null): string {
  return value === null ? '–' : valueText(value, unit ?? 'count')
}
