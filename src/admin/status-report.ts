import type { JsonObject } from '../kit/json.ts'

/** How the gateway is doing, as `/statusz` and the status page tell it. Nothing in it is secret. */
export interface StatusReport {
  readonly version: string
  readonly startedAtMs: number
  /** Base URL of the client API, for example `http://127.0.0.1:4100`. */
  readonly dataUrl: string
  readonly planVersion: string
  /** The configuration file, when there is one, and whether its newest text is in force. */
  readonly configFile?: string
  readonly configHealthy: boolean
  /** The version in force; absent: the store has not taken it. */
  readonly configVersion?: number
  /** True while the file is not what is in force. */
  readonly configDrifted?: boolean
  /** The version that is tried on a share of the requests; absent: none is. */
  readonly configTried?: number
  /** True while the managed document does not fit the file, and is left out. */
  readonly managedLeftOut?: boolean
  readonly draining: boolean
  /** What is wrong with keeping ledger, keys and log; empty when all is well. */
  readonly troubles: readonly Trouble[]
  readonly inFlight: number
  readonly providers: readonly ProviderReport[]
  readonly routes: readonly { readonly name: string; readonly targets: readonly string[] }[]
}

/** Something that the gateway cannot keep, or cannot see, at present. */
export interface Trouble {
  readonly part: 'files' | 'journal' | 'ledger' | 'keys' | 'request-log' | 'telemetry' | 'alerts'
  /** What is wrong, for how long and why, in words for an operator. */
  readonly text: string
  /** True when requests are refused because of it, or should go elsewhere. */
  readonly unready: boolean
}

export interface ProviderReport {
  readonly name: string
  readonly from: string
  /** `ready`, or what is wrong: `circuit open`, `credential refused`. */
  readonly state: string
}

/** The report as JSON. */
export function toStatusJson(report: StatusReport, nowMs: number): JsonObject {
  return {
    version: report.version,
    uptime_s: Math.max(0, Math.floor((nowMs - report.startedAtMs) / 1000)),
    url: report.dataUrl,
    config: {
      plan: report.planVersion,
      file: report.configFile ?? null,
      last_reload_ok: report.configHealthy,
      version: report.configVersion ?? null,
      tried: report.configTried ?? null,
      drifted: report.configDrifted === true,
      managed_left_out: report.managedLeftOut === true,
    },
    store: report.troubles.every(({ part }) => part === 'telemetry' || part === 'alerts') ? 'ok' : 'failing',
    troubles: report.troubles.map(({ part, text, unready }) => ({ part, text, unready })),
    draining: report.draining,
    requests_in_flight: report.inFlight,
    providers: report.providers.map(({ name, from, state }) => ({ name, from, state })),
    routes: report.routes.map(({ name, targets }) => ({ name, targets })),
  }
}
