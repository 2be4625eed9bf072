import { LIMITS } from '../../kit/limits.ts'
import type { RequestRow } from '../../store/store.ts'
import type { Counter, Telemetry } from '../../telemetry/telemetry.ts'

/** Stands in the place of teams and projects beyond the bound. */
const OTHER = '__other__'
/** A project that is in no team, or the other way round. */
const NONE = ''
const NANO_PER_USD = 1e9
const OUTCOMES = ['ok', 'gone', 'failed'] as const

/** What the requests of one team and project are counted in. */
interface OwnerCounters {
  readonly requests: Map<string, Counter>
  readonly input: Counter
  readonly output: Counter
  readonly cost: Counter
}

/** Counts requests by whom they are for. Those of keys without a project and a team are counted elsewhere alone. */
export class OwnerMetrics {
  readonly #telemetry: Telemetry
  readonly #owners = new Map<string, OwnerCounters>()

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry
  }

  /** Counts the request of a line. */
  count(row: RequestRow): void {
    const { project, team } = row.owners
    if (project === undefined && team === undefined) return
    const { requests, input, output, cost } = this.#of(team ?? NONE, project ?? NONE)
    requests.get(outcomeOf(row))?.add(1)
    input.add(row.inputTokens)
    output.add(row.outputTokens)
    // Invented money is no cost.
    if (!row.simulated && row.costNanoUsd !== undefined) cost.add(Number(row.costNanoUsd) / NANO_PER_USD)
  }

  #of(team: string, project: string): OwnerCounters {
    const key = `${team}\n${project}`
    const known = this.#owners.get(key)
    if (known !== undefined) return known
    if (this.#owners.size >= LIMITS.metricOwners && team !== OTHER) return this.#of(OTHER, OTHER)
    const telemetry = this.#telemetry
    const requests = (outcome: string): [string, Counter] => [
      outcome,
      telemetry.counter('gatehouse_owner_requests_total', { team, project, outcome }),
    ]
    const tokens = (kind: string): Counter =>
      telemetry.counter('gatehouse_owner_tokens_total', { team, project, kind })
    const created = {
      requests: new Map(OUTCOMES.map(requests)),
      input: tokens('input'),
      output: tokens('output'),
      cost: telemetry.counter('gatehouse_owner_cost_usd_total', { team, project }),
    }
    this.#owners.set(key, created)
    return created
  }
}

/** A client that left has not been failed. */
function outcomeOf({ outcome }: RequestRow): (typeof OUTCOMES)[number] {
  if (outcome === 'ok') return 'ok'
  return outcome === 'client-gone' ? 'gone' : 'failed'
}
