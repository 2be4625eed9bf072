import type { Dialect } from '../../dialects/dialect.ts'
import { canPlay, strikes, understudyOf, type RehearsedCall } from '../../drills/rehearse/cast.ts'
import { DRILL_FAULTS, type DrillFault } from '../../exchange/drill.ts'
import { OWN_HEADERS } from '../../exchange/own-headers.ts'
import type { Clock } from '../../kit/clock.ts'
import type { HttpRequest } from '../../kit/http-client.ts'
import { openPlayedHttp, type PlayedHttp } from './played-http.ts'

export interface UpstreamOptions {
  readonly dialects: readonly Dialect[]
  readonly clock: Clock
  /** Faults that strike providers. */
  readonly faults: readonly DrillFault[]
  /** Providers whose models are simulated anyway and play themselves. */
  readonly simulated: ReadonlySet<string>
}

/** All providers of a plan, played here. */
export interface Upstream extends PlayedHttp {
  /** Attempts that a fault struck. */
  readonly struck: ReadonlySet<string>
}

/** Opens the understudies of all providers. The faults begin now. */
export function openUpstream({ dialects, clock, faults, simulated }: UpstreamOptions): Upstream {
  const struck = new Set<string>()
  const startMs = clock.elapsedMs()
  const ofProviders = faults.filter(({ kind }) => DRILL_FAULTS[kind].at === 'provider')
  const striking = (call: Omit<RehearsedCall, 'operation'>): DrillFault | undefined =>
    ofProviders.find((fault) => strikes(fault, call, clock.elapsedMs() - startMs))
  const note = (sent: HttpRequest | undefined): void => {
    const attempt = sent?.headers[OWN_HEADERS.attempt]
    if (attempt !== undefined) struck.add(attempt)
  }
  const played = openPlayedHttp({
    dialects,
    clock,
    plays(call, sent) {
      const found = striking(call)
      const fault = found !== undefined && canPlay(found, call.operation) ? found : undefined
      if (fault !== undefined) note(sent)
      return fault === undefined && simulated.has(call.provider) ? call.model : understudyOf(call, fault)
    },
    isGone(call, sent) {
      const fault = striking({ ...call, model: '' })
      const isGone = fault?.kind === 'outage' && fault.model === undefined
      if (isGone) note(sent)
      return isGone
    },
  })
  return { ...played, struck }
}
