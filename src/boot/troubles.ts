import type { Trouble } from '../admin/status-report.ts'
import type { StoredKeys } from '../identity/stored-keys.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { KeptFiles } from './kept-files.ts'
import type { Outbox } from '../alerts/outbox.ts'
import type { SinkState } from '../telemetry/sinks/sink.ts'
import type { RequestLog } from './request-log.ts'

/** The parts that keep things, each of which can stand still while requests are served. */
export interface Keepers {
  readonly ledger: Pick<Ledger, 'available' | 'journalFailure' | 'stalledMs' | 'refusal'>
  readonly keys: Pick<StoredKeys, 'staleMs' | 'failure'>
  readonly log: Pick<RequestLog, 'stalledMs' | 'refusal' | 'isPaused'>
  readonly files: Pick<KeptFiles, 'lost'>
  /** Where telemetry is sent; absent: nowhere. */
  readonly sinks?: readonly SinkState[]
  /** Where alerts are sent; absent: nowhere. */
  readonly outbox?: Pick<Outbox, 'failing'>
}

/** What is wrong with keeping things. A trouble that has lasted makes the gateway unready, apart from the request log, which is no ledger. */
export function troublesOf({ ledger, keys, log, files, sinks = [], outbox }: Keepers): Trouble[] {
  const troubles: Trouble[] = []
  if (files.lost !== undefined) {
    const text = `${files.lost} was removed: what is kept from now on is lost when the gateway ends; start it again`
    troubles.push({ part: 'files', text, unready: true })
  }
  if (ledger.journalFailure !== undefined) {
    const text = `the journal cannot be written (${ledger.journalFailure}): requests are refused`
    troubles.push({ part: 'journal', text, unready: true })
  } else if (!ledger.available) {
    const text = 'too many rows of the ledger wait for the store: requests are refused'
    troubles.push({ part: 'ledger', text, unready: true })
  }
  const { stalledMs } = ledger
  const { staleMs } = keys
  if (stalledMs > LIMITS.stalledMs) {
    const text = `the store has taken no row of the ledger for ${seconds(stalledMs)}${because(ledger.refusal)}`
    troubles.push({ part: 'ledger', text, unready: stalledMs > LIMITS.unreadyAfterMs })
  }
  if (staleMs > LIMITS.stalledMs) {
    const text = `keys that were revoked elsewhere have not been seen for ${seconds(staleMs)}${because(keys.failure)}`
    troubles.push({ part: 'keys', text, unready: staleMs > LIMITS.unreadyAfterMs })
  }
  if (log.stalledMs > LIMITS.stalledMs) {
    const text = `the store has taken no line of the request log for ${seconds(log.stalledMs)}${because(log.refusal)}`
    troubles.push({ part: 'request-log', text, unready: false })
  }
  if (log.isPaused) {
    const text = 'little room is left on the disk and is kept for the ledger: the request log pauses'
    troubles.push({ part: 'request-log', text, unready: false })
  }
  for (const { name, stalledMs: sinkMs, refusal, lost } of sinks) {
    if (sinkMs <= LIMITS.stalledMs) continue
    const losses = lost === 0 ? '' : `; ${lost} requests are lost to it since the start`
    const text = `${name} has not been delivered for ${seconds(sinkMs)}${because(refusal)}${losses}`
    troubles.push({ part: 'telemetry', text, unready: false })
  }
  for (const { channel, reason } of outbox?.failing() ?? []) {
    const text = `alerts do not reach the channel ${channel}${because(reason)}`
    troubles.push({ part: 'alerts', text, unready: false })
  }
  return troubles
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)} s`
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`
}
