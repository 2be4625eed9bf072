import { isGivenAgain } from '../insight/given-again.ts'
import { LIMITS } from '../kit/limits.ts'
import { showUsd } from '../kit/money.ts'
import { toPlainText } from '../kit/plain-text.ts'
import type { RequestRow } from '../store/store.ts'
import type { Output } from './output.ts'

/** One finished request on one line: when, from where to where, how it ended, how long it took, what it cost. */
export function requestLine(row: RequestRow, paint: Output['paint']): string {
  const time = new Date(row.atMs).toTimeString().slice(0, 8)
  const asked = shown(row.requestedModel)
  const by = row.target ?? (isGivenAgain(row.cache) ? 'the cache' : undefined)
  const way = by === undefined ? asked : `${asked} → ${shown(by)}`
  const ownMs = Math.max(0, row.durationMs - row.upstreamMs)
  const took = `${Math.round(row.durationMs)} ms ${paint(`(gatehouse ${ownMs.toFixed(1)})`, 'dim')}`
  const isGood = row.status < 400 && row.outcome === 'ok'
  const status = paint(String(row.status), isGood ? 'green' : 'red')
  const outcome = row.outcome === 'ok' ? '' : ` ${row.outcome}`
  // What no provider was asked used nothing, whatever that would have cost.
  const used =
    row.target === undefined ? '' : `   ${row.inputTokens}→${row.outputTokens} tok   ${costText(row)}`
  return `  ${paint(time, 'dim')}  ${way}   ${status}${outcome}  ${took}${used}   ${paint(row.id, 'dim')}`
}

/** A name that a client chose. */
function shown(name: string): string {
  return toPlainText(name, LIMITS.shownCharacters)
}

interface Costing extends Pick<RequestRow, 'costNanoUsd' | 'simulated'> {
  /** Absent where the basis is told beside it. */
  readonly estimated?: boolean
}

/** What a request or an attempt cost, with a tilde where that is an estimate, or that nobody knows. */
export function costText(row: Costing): string {
  if (row.costNanoUsd === undefined) return 'unpriced'
  const about = row.estimated === true ? '~' : ''
  return `${about}${showUsd(row.costNanoUsd)}${row.simulated ? ' simulated' : ''}`
}
