import { counted } from '../../words/numbers.ts'
import { isObject, readObjects, readText, type Unread } from '../../words/reading.ts'

/** What a guardrail has said of what was asked or answered. */
export interface ReadVerdict {
  readonly phase: string
  readonly guardrail: string
  readonly verdict: string
  readonly isShadow: boolean
  /** How often each detector has found something. */
  readonly found: readonly (readonly [detector: string, count: number])[]
}

/** What a step of a decision says of guardrails; nothing where it is about something else. */
export function verdictsOf(step: Unread): readonly ReadVerdict[] {
  if (readText(step, 'step') !== 'guard') return []
  return readObjects(step, 'verdicts').map((one) => ({
    phase: readText(step, 'phase') ?? '',
    guardrail: readText(one, 'guardrail') ?? '',
    verdict: readText(one, 'verdict') ?? '',
    isShadow: one['shadow'] === true,
    found: countsIn(one['found']),
  }))
}

/** What was put back in the answer. */
export interface ReadRestored {
  /** How many placeholders, by guardrail. */
  readonly restored: ReadVerdict['found']
  /** Those of them that were masked in other requests. */
  readonly remembered: ReadVerdict['found']
  /** How many nobody knows. */
  readonly unknown: number
}

/** What a step of a decision says of what was put back; nothing where it is about something else. */
export function restoredOf(step: Unread): readonly ReadRestored[] {
  if (readText(step, 'step') !== 'restore') return []
  return [
    {
      restored: countsIn(step['restored']),
      remembered: countsIn(step['remembered']),
      unknown: Number(step['unknown'] ?? 0),
    },
  ]
}

/** `customer-data 2, customer-data 1 of earlier requests; left as it is: 1 placeholder that nobody knows`. */
export function restoredText({ restored, remembered, unknown }: ReadRestored): string {
  const back = [
    foundText(restored),
    remembered.length === 0 ? '' : `${foundText(remembered)} of earlier requests`,
  ]
  const left = unknown === 0 ? '' : `; left as it is: ${counted(unknown, 'placeholder')} that nobody knows`
  return (back.filter((part) => part !== '').join(', ') || 'nothing') + left
}

function countsIn(value: unknown): ReadVerdict['found'] {
  return isObject(value) ? Object.entries(value).map(([name, many]) => [name, Number(many)] as const) : []
}

/** `email 2, card 1`; empty where nothing was found. */
export function foundText(found: ReadVerdict['found']): string {
  return found.map(([detector, count]) => `${detector} ${count}`).join(', ')
}
