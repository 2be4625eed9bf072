import type { Secret } from '../kit/secret.ts'

/** How much an alert matters. What is critical waits for no digest and no quiet hours. */
export const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const

export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

/** Words of a rule beside those that every rule may say. */
export type AlertTerm =
  | 'measure'
  | 'when'
  | 'by'
  | 'above'
  | 'below'
  | 'over'
  | 'at_least'
  | 'times'
  | 'floor'
  | 'weeks'
  | 'share'
  | 'of'
  | 'unused_for'
  | 'providers'
  | 'parts'
  | 'drills'

/** What is known of a kind of rule. */
interface AlertKindFacts {
  /** What it rings for, for whoever reads the reference. */
  readonly says: string
  readonly takes: readonly AlertTerm[]
  readonly needs?: readonly AlertTerm[]
}

/** Every kind of rule: one row each. Schema, compiler and reference read it. */
export const ALERT_KINDS = {
  threshold: {
    says: 'a measure is above, or below, a bound',
    takes: ['measure', 'when', 'by', 'above', 'below', 'over', 'at_least'],
    needs: ['measure'],
  },
  'fallback-storm': {
    says: 'too many calls are begun because another target had failed',
    takes: ['when', 'by', 'above', 'over', 'at_least'],
  },
  unpriced: {
    says: 'models are used whose price is not known',
    takes: ['when', 'by', 'above', 'over'],
  },
  'spend-spike': {
    says: 'much more is spent than at the same hour of earlier weeks',
    takes: ['when', 'by', 'times', 'floor', 'weeks', 'over'],
  },
  budget: { says: 'so much of a budget is used', takes: ['share', 'of'] },
  forecast: {
    says: 'at its present pace a budget is used up before its period ends',
    takes: ['of', 'over'],
  },
  'stale-keys': { says: 'keys are not used any more', takes: ['unused_for'] },
  resting: {
    says: 'targets or credentials of a provider are not asked because they failed',
    takes: ['providers'],
  },
  trouble: {
    says: 'something is not kept or not delivered: ledger, request log, telemetry',
    takes: ['parts'],
  },
  drill: { says: 'a drill failed when it ran last', takes: ['drills'] },
  config: { says: 'a change of the configuration was refused', takes: [] },
} as const satisfies Readonly<Record<string, AlertKindFacts>>

export type AlertKind = keyof typeof ALERT_KINDS

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a closed table
export const ALERT_KIND_NAMES = Object.keys(ALERT_KINDS) as readonly AlertKind[]

/** What is known of a kind of rule. */
export function alertKindFacts(kind: AlertKind): AlertKindFacts {
  return ALERT_KINDS[kind]
}

/** What the figures of a rule are. Money is nano-USD, a share is from 0 to 1. */
export type AlertUnit = 'count' | 'tokens' | 'usd' | 'ms' | 'share'

/** What a rule watches, with every word resolved. */
export type AlertWatch =
  | {
      readonly on: 'measure'
      readonly measure: string
      /** Which requests, in the language of queries; absent: all. */
      readonly when?: string
      /** A dimension of series: each of its names is watched on its own. */
      readonly by?: string
      readonly side: 'above' | 'below'
      readonly bound: number
      readonly unit: AlertUnit
      readonly overMs: number
      /** Of fewer requests, or calls where those are counted, nothing is said. */
      readonly atLeast: number
      /** True where requests are looked at one by one, because no sums answer. */
      readonly scans: boolean
    }
  | {
      readonly on: 'spike'
      readonly when?: string
      readonly by?: string
      readonly times: number
      readonly floorNanoUsd: number
      readonly weeks: number
      readonly overMs: number
      readonly scans: boolean
    }
  | { readonly on: 'budget'; readonly share: number; readonly of?: readonly string[] }
  | { readonly on: 'forecast'; readonly overMs: number; readonly of?: readonly string[] }
  | { readonly on: 'stale-keys'; readonly unusedMs: number }
  | { readonly on: 'resting'; readonly providers?: readonly string[] }
  | { readonly on: 'trouble'; readonly parts?: readonly string[] }
  | { readonly on: 'drill'; readonly drills?: readonly string[] }
  | { readonly on: 'config' }

/** A rule of the plan. */
export interface AlertRule {
  readonly name: string
  readonly kind: AlertKind
  readonly description?: string
  readonly severity: AlertSeverity
  /** Names of the channels that are told. */
  readonly to: readonly string[]
  /** How long it must hold before it rings. */
  readonly forMs: number
  /** How long it must hold no more before that is told. */
  readonly resolveAfterMs: number
  readonly watch: AlertWatch
}

/** Hours of a day in which a channel is told only what is critical. */
export interface QuietHours {
  /** Minutes since midnight; where the end is no later than the begin it is that of the next day. */
  readonly fromMinute: number
  readonly toMinute: number
  /** Name of a time zone, such as `Europe/Berlin`. */
  readonly timezone: string
}

/** How a channel is reached. */
export type AlertAddress =
  | {
      readonly type: 'webhook'
      readonly url: Secret
      /** What it is signed with (Standard Webhooks); absent: it is not signed. */
      readonly secret?: Secret
    }
  | { readonly type: 'slack' | 'teams' | 'discord'; readonly url: Secret }
  | { readonly type: 'pagerduty'; readonly url: string; readonly routingKey: Secret }
  | {
      readonly type: 'email'
      readonly host: string
      readonly port: number
      readonly encryption: MailEncryption
      readonly user?: string
      readonly password?: Secret
      readonly from: string
      readonly recipients: readonly string[]
    }

/** `tls`: from the first byte; `starttls`: before anything is said; `none`: not at all, for a server of one's own. */
export const MAIL_ENCRYPTIONS = ['starttls', 'tls', 'none'] as const

export type MailEncryption = (typeof MAIL_ENCRYPTIONS)[number]

/** Somebody who is told. */
export interface AlertChannel {
  readonly name: string
  readonly address: AlertAddress
  /** True where it may be an address of a private network; false: public addresses and TLS only. */
  readonly isPrivate: boolean
  /** What comes within so long is told at once. Absent: everything is told as it happens. */
  readonly digestMs?: number
  readonly quiet?: QuietHours
  /** Whether it is told that an alert is over. */
  readonly tellsResolved: boolean
}

/** Rules and channels by name. */
export interface AlertPlan {
  readonly rules: ReadonlyMap<string, AlertRule>
  readonly channels: ReadonlyMap<string, AlertChannel>
  /** Where the dashboard is reached by whoever reads an alert; absent: alerts hold no links. */
  readonly dashboardUrl?: string
}
