import type { NanoUsd } from '../kit/money.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { Budget, RateLimits } from '../exchange/account.ts'
import type { QueueTerms } from '../exchange/cap.ts'
import type { OnlyTerms } from '../exchange/only-terms.ts'
import type { Owner, Owners } from '../exchange/owner.ts'
import type { Counts } from '../exchange/units.ts'
import type { ContentStore, SaidQuery } from './contents.ts'
import type { Hold, HeldBalance, HoldVerdict } from './holds.ts'
import type {
  AlertChange,
  AlertDeliveryRow,
  AlertRow,
  OpenAlerts,
  UnusedKeys,
  UnusedKeysQuery,
} from './alerts.ts'
import type { AuditStore } from './audit.ts'
import type { FeedbackStore } from './feedback.ts'
import type { GuardCounts } from './guard-counts.ts'
import type { EarlierSecret, KeyAct, KeyUse } from './key-acts.ts'
import type { ConfigVersion, NewVersion, SealedTexts, StoredSecret, VersionState } from './releases.ts'
import type { Facet, FacetQuestion, Neighbours } from './request-facets.ts'
import type { LookedAt, RequestFilter } from './request-query.ts'
import type { SeriesStore } from './series.ts'
import type { ShadowQuery, ShadowReport, ShadowRow, ShadowText } from './shadow-rows.ts'
import type { SpendStore } from './spend.ts'
import type { AnswerStore } from './kept-answers.ts'
import type { VaultStore } from './vault.ts'
import type { ReplyStore } from './kept-replies.ts'
import type { ResponseStore } from './stored-responses.ts'
import type { TopUpStore } from './top-ups.ts'
import type { SavingsGroup, SavingsQuery, UsageGroup, UsageQuery } from './usage-report.ts'

/**
 * The ports through which the house keeps things. Small on purpose; every driver passes the same contract suite.
 * No method reads without a limit. All are safe to call again after a failure.
 */

/** A page of rows, newest first. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  /** Pass as `after` for the next page; absent on the last. */
  readonly next?: string
}

export interface PageQuery {
  /** 1–500. */
  readonly limit: number
  /** `next` of the page before. */
  readonly after?: string
}

/** A virtual key. The key itself is not stored, only an HMAC of its secret. */
export interface KeyRecord {
  /** Public part of the key, `[0-9A-Za-z]{12}`. */
  readonly id: string
  readonly name: string
  /** HMAC-SHA-256 of the secret under the installation's pepper, hex. */
  readonly secretHmac: string
  readonly project?: string
  readonly models?: readonly string[]
  readonly operations?: readonly string[]
  /** What every target must fulfil that answers it. */
  readonly only?: OnlyTerms
  readonly allowedOptions: readonly string[]
  readonly limits: RateLimits
  /** Where its limits are reached, its requests wait. Absent: they are refused at once. */
  readonly queue?: QueueTerms
  readonly budgets: readonly Budget[]
  /** IP addresses and networks (`10.0.0.0/8`) that it may be sent from. Absent: any. */
  readonly addresses?: readonly string[]
  /** The secret before the one that it has now, as long as that may still be taken. */
  readonly earlier?: EarlierSecret
  readonly createdAtMs: number
  /** When it got the secret that it has now; absent: when it was made. */
  readonly rotatedAtMs?: number
  readonly expiresAtMs?: number
  /** It opens nothing until somebody resumes it. */
  readonly pausedAtMs?: number
  readonly revokedAtMs?: number
}

/** What can become of a key that there is. A member that is undefined takes away what the key had; one that is absent leaves it. */
export type KeyChanges = {
  readonly [Member in keyof Omit<KeyRecord, 'id' | 'createdAtMs' | 'revokedAtMs'>]?:
    | KeyRecord[Member]
    | undefined
}

export interface KeyStore {
  /** Inserts a key, and that it was made. Rejects when the id exists. */
  create(key: KeyRecord, act?: KeyAct): Promise<void>
  find(id: string): Promise<KeyRecord | undefined>
  list(query: PageQuery): Promise<Page<KeyRecord>>
  /**
   * Changes a key that is not revoked, and takes down that it was changed; both or neither. Gives false when there is no such key, or its secret
   * is not the one any more whose HMAC is given: of two who rotate it at the same time one is refused.
   */
  change(
    id: string,
    changes: KeyChanges,
    under: { readonly act: KeyAct; readonly whose?: string | undefined },
  ): Promise<boolean>
  /** Marks a key revoked; gives false when there is none of this id. Revoking twice keeps the first time, and who did it. */
  revoke(id: string, atMs: number, act?: KeyAct): Promise<boolean>
  /** What was done to a key, the latest first. */
  acts(id: string): Promise<readonly KeyAct[]>
  /** When keys were last used; nothing of those of which no row tells. Costs no row of its own: requests and the sums of hours tell it. */
  uses(ids: readonly string[]): Promise<readonly KeyUse[]>
  /** Grows with every change by any process; cheap enough to ask several times a second. */
  version(): Promise<number>
  /** Ids of the keys that changed after a version; undefined when they are many or too long ago, and everything has to be read. */
  changedSince(version: number): Promise<readonly string[] | undefined>
}

/** One row of the ledger: what one attempt used and cost. Never changed once written. */
export interface LedgerRow {
  /** Attempt id. An attempt belongs to one request for ever, so both ids together are the primary key. */
  readonly id: string
  readonly requestId: string
  readonly ordinal: number
  readonly atMs: number
  readonly owners: Owners
  readonly route: string
  readonly target: string
  readonly provider: string
  readonly model: string
  readonly outcome: string
  readonly status?: number
  readonly durationMs: number
  readonly usage: Counts
  /** Why it was begun: a `BegunFor`. Absent: it was the first, or nobody took that down. */
  readonly begunFor?: string
  /** One more than the answers that were dropped before it. Absent where no answers were looked at. */
  readonly rung?: number
  /** Where the usage comes from: a `UsageBasis`. */
  readonly basis: string
  /** The best that is known or estimated. Absent: unpriced. */
  readonly costNanoUsd?: NanoUsd
  /** What budgets are charged, where more may be on the bill than the cost says. Absent: the cost. */
  readonly chargedNanoUsd?: NanoUsd
  /** What is wrong with the provider's report, as words (`UsageAnomaly`) between spaces. Absent: nothing. */
  readonly anomalies?: string
  /** What of the service was not the usual one, in the provider's words (`Usage.servedTiers`) between spaces. Absent: nothing. */
  readonly servedTiers?: string
  readonly priceId?: string
  readonly simulated: boolean
  /** Why the house asked it of its own accord: a `Purpose`. Absent: a client asked. */
  readonly purpose?: string
  /** The request on whose behalf the house asked. */
  readonly parentId?: string
}

/**
 * A row of the ledger on its way, as `toLedgerText` spells it: the JSON array of its values. It is made once, when the row is
 * known; the journal keeps it and the store inserts it, so that no row is spelled twice and none is kept as an object while it waits.
 */
export type LedgerText = string

export interface LedgerStore {
  /** Adds rows in one transaction; rows whose id is there already are left alone, so a replay changes nothing. */
  append(rows: readonly LedgerText[]): Promise<void>
  /** Sum of what an owner's rows with `atMs >= fromMs` charge to budgets, simulated rows included: budgets hold for them too. */
  spentSince(owner: Owner, fromMs: number): Promise<NanoUsd>
  list(query: PageQuery & { readonly requestId?: string }): Promise<Page<LedgerRow>>
  /** Rows of what the house asked on behalf of a request, oldest first, among the first `LIMITS.queryRows` of a time. */
  askedFor(
    requestId: string,
    time: { readonly fromMs: number; readonly toMs: number },
  ): Promise<readonly LedgerRow[]>
  usage(query: UsageQuery): Promise<readonly UsageGroup[]>
}

/** One line of the request log: metadata only. */
export interface RequestRow {
  readonly id: string
  readonly atMs: number
  readonly dialect: string
  readonly operation: string
  readonly stream: boolean
  readonly requestedModel: string
  readonly route?: string
  readonly target?: string
  readonly owners: Owners
  readonly keyName?: string
  /** `ok`, `client-gone` or a failure code. */
  readonly outcome: string
  /** The status by which the client's dialect tells the outcome; a stream that had begun answered 200 before it. */
  readonly status: number
  readonly durationMs: number
  readonly firstEventMs?: number
  readonly upstreamMs: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costNanoUsd?: NanoUsd
  /**
   * What the answer had cost that was given again, where `cache` says so. Else how much less it cost than the last rung would have; below zero
   * where it cost more. Absent where no answers were looked at, or a price is not known.
   */
  readonly savedNanoUsd?: NanoUsd
  /** True when what was used is not, or not all, what providers reported. */
  readonly estimated: boolean
  readonly simulated: boolean
  readonly attempts: string
  /** How many there were. Absent in lines of older versions. */
  readonly attemptCount?: number
  /** What came of it at the cache: a `CacheOutcome`. Absent: it had nothing to do with it. */
  readonly cache?: string
  readonly notices: string
  /** JSON text of the decision record with its attempts. */
  readonly decision?: string
  readonly planVersion: string
  /** Why the house asked it of its own accord: a `Purpose`. Absent: a client asked. */
  readonly purpose?: string
  /** The request on whose behalf the house asked. */
  readonly parentId?: string
}

/** A line of the request log on its way, as `toRequestText` spells it: for the reasons of `LedgerText`. */
export type RequestText = string

/** A page of the request log. Where the question was bounded before the page was full, it says what was looked at. */
export interface RequestPage extends Page<RequestRow> {
  readonly lookedAt?: LookedAt
}

/** What was written behind a place of the request log. */
export interface FollowedRows {
  /** Those that are asked for, oldest first. */
  readonly rows: readonly RequestRow[]
  /** Id of the last line that was looked at; absent: there was none. */
  readonly last?: string
  /** True when as many lines were looked at as may be, so that there may be more. */
  readonly isFull?: true
}

/** A line with what was said in its request, as `ContentRow` has it. */
export type SaidRow = { readonly row: RequestRow; readonly text: string }

export interface RequestLogStore {
  append(rows: readonly RequestText[]): Promise<void>
  find(id: string): Promise<RequestRow | undefined>
  /** Looks at no more than `LIMITS.queryRows` lines: a page may be short, or empty, and have a next one. */
  list(query: PageQuery & RequestFilter): Promise<RequestPage>
  /** Those of which it is kept what was said, newest first. */
  said(query: SaidQuery): Promise<Page<SaidRow>>
  /** Counts the newest lines by the values of a field, `LIMITS.facetRows` at most. */
  facet(question: FacetQuestion): Promise<Facet>
  /** What guardrails have said of the newest lines that are asked for, `LIMITS.facetRows` at most. */
  guardCounts(filter: RequestFilter): Promise<GuardCounts>
  /** The lines beside one of an id, as far as one may look on either side; none where there is no such line. */
  neighbours(id: string, filter: RequestFilter): Promise<Neighbours>
  /** What was saved, by group: largest first, days oldest first. No group for what saved nothing that is known. */
  savings(query: SavingsQuery): Promise<readonly SavingsGroup[]>
  /** Looks at so many rows after `id` in order of writing; for following the log. */
  since(id: string | undefined, limit: number, filter?: RequestFilter): Promise<FollowedRows>
}

/** What came of shadows. */
export interface ShadowStore {
  /** Adds rows; of a request that has one already the first stays. */
  append(rows: readonly ShadowText[]): Promise<void>
  /** Newest first. */
  list(query: PageQuery & Partial<ShadowQuery>): Promise<Page<ShadowRow>>
  /** By route and shadow, those with the most requests first; 500 at most. */
  report(query: ShadowQuery): Promise<readonly ShadowReport[]>
}

/** Versions of the configuration, and secrets that it refers to. Both are rare and written at once. */
export interface ReleaseStore {
  /** Adds a version under the next number; the one in force before it is so no longer. The oldest beyond what is kept go. */
  add(version: NewVersion): Promise<ConfigVersion>
  /** The version in a state, the newest where there are several. */
  newest(state: VersionState): Promise<(ConfigVersion & SealedTexts) | undefined>
  find(number: number): Promise<(ConfigVersion & SealedTexts) | undefined>
  /** Newest first. */
  list(query: PageQuery): Promise<Page<ConfigVersion>>
  /** Says what became of a version. One that comes into force takes the place of the one that was. */
  setState(number: number, state: VersionState, verdict?: string): Promise<void>
  /** All secrets, by name. */
  secrets(): Promise<readonly StoredSecret[]>
  /** Gives false where there are `LIMITS.storedSecrets` others. */
  setSecret(secret: StoredSecret): Promise<boolean>
  /** Gives false where there is none of this name. */
  removeSecret(name: string): Promise<boolean>
}

/** Where it is kept what rings, who was told, and what became of that. */
export interface AlertStore {
  open(): Promise<OpenAlerts>
  write(change: AlertChange): Promise<void>
  /** Alerts that ring or rang, newest first. */
  alerts(query: PageQuery & { readonly rule?: string }): Promise<Page<AlertRow>>
  /** Messages, newest first. */
  deliveries(query: PageQuery & { readonly channel?: string }): Promise<Page<AlertDeliveryRow>>
  /** A message by its id. */
  delivery(id: string): Promise<AlertDeliveryRow | undefined>
  unusedKeys(query: UnusedKeysQuery): Promise<UnusedKeys>
}

/** Small facts about the installation: pepper, schema version, instance id. */
export interface SettingsStore {
  get(name: string): Promise<string | undefined>
  /** Sets only when absent and gives what holds afterwards, so that two processes agree. */
  setOnce(name: string, value: string): Promise<string>
  set(name: string, value: string): Promise<void>
}

/** What one process or a shared engine must agree on to admit a request. */
export interface RateCharge {
  /** `<scope>:<id>:<metric>` */
  readonly account: string
  /** Units per window. */
  readonly limit: number
  readonly windowMs: number
  /** Units asked for now. */
  readonly units: number
}

export interface RateVerdict {
  readonly admitted: boolean
  /** Per charge, in the order given. */
  readonly states: readonly { readonly remaining: number; readonly resetMs: number }[]
  /** Index of the charge that refused. */
  readonly refusedBy?: number
  readonly retryAfterMs?: number
}

/**
 * Counters that admit or refuse. Every decision is all-or-nothing over its accounts (a refused request consumes nothing)
 * and atomic (check-then-add does not exist). Ids make repeating a call harmless. Counters in memory answer at once.
 * Times of rates and slots are those of a clock that never steps; budgets have calendar windows and wall time.
 */
export interface CounterStore {
  /** Takes units from every window, or from none. */
  takeRate(charges: readonly RateCharge[], nowMs: number): MaybePromise<RateVerdict>
  /** Gives back units that were taken at `takenAtMs` (negative: takes more, now) after the fact, without refusing. */
  adjustRate(charges: readonly RateCharge[], takenAtMs: number, nowMs: number): MaybePromise<void>
  /** Takes one of `limit` slots at each account until `leave` or `untilMs`. Gives the index of the full one, or undefined when admitted. */
  enter(
    id: string,
    slots: readonly { readonly account: string; readonly limit: number }[],
    untilMs: number,
    nowMs: number,
  ): MaybePromise<number | undefined>
  leave(id: string): MaybePromise<void>
  /**
   * Holds an amount in every account, or in none: spent + held + amount ≤ limit. An account that is not known opens with its
   * hold's opening. An id that holds already holds the larger amount from then on, in the accounts and within the limits that
   * it was first held in; what is missing is held in all of them or in none.
   */
  reserve(
    id: string,
    amountNanoUsd: NanoUsd,
    holds: readonly Hold[],
    nowMs: number,
  ): MaybePromise<HoldVerdict>
  /** Replaces the hold by the actual amount; a second call with the same id does nothing. */
  settle(id: string, actualNanoUsd: NanoUsd): MaybePromise<void>
  /** What is spent and held of each account, in the order asked; undefined for those that are not known. */
  used(accounts: readonly string[]): MaybePromise<readonly (NanoUsd | undefined)[]>
  /** The same told apart, for whoever shows it. */
  balances(accounts: readonly string[]): MaybePromise<readonly (HeldBalance | undefined)[]>
}

/**
 * Another gateway has claimed this store. Each counts in its own memory what is held of a budget, so two of them would spend it twice.
 */
export class StoreBusy extends Error {
  constructor(place: string) {
    super(
      `Another gateway serves the store ${place}: two would spend every budget twice. ` +
        'Stop it, or give this one a store of its own with store.url.',
    )
    this.name = 'StoreBusy'
  }
}

/** What need not be kept any longer. The ledger has no part in it: its rows and sums are kept for ever. */
export interface Expiry {
  /** Lines of the request log from before go. */
  readonly requestsBeforeMs: number
  /** The oldest lines go while the request log takes more than about this many bytes. */
  readonly requestBytes: number
  /** What was said before goes, and the oldest of it while it takes more than so many bytes. Absent: none of it goes. */
  readonly contents?: { readonly beforeMs: number; readonly bytes: number }
  /** Comparisons from before go, and the oldest beyond so many. */
  readonly shadowsBeforeMs: number
  readonly shadowRows: number
  /** Sums of series by minute, and by hour, from before go. Those of days stay as long as their names. */
  readonly seriesMinutesBeforeMs: number
  readonly seriesHoursBeforeMs: number
  /** Answers that were not used since then go. */
  readonly responsesBeforeMs: number
  /** What requests with an idempotency key were answered before goes. Absent: none of it does. */
  readonly repliesBeforeMs?: number
  /** Answers of the cache that have ended by then go, and those that were not used for longest while they take more than so many bytes. Absent: none does. */
  readonly answers?: { readonly endedMs: number; readonly bytes: number }
  /** Masked values that have ended by then go. Absent: none of them does. */
  readonly vaultEndsMs?: number
  /** Keys that were revoked, or ran out, before go. */
  readonly keysBeforeMs: number
  /** Id of a key that stays whatever became of it; the empty text for none. */
  readonly keptKey: string
}

/** What became of one batch. */
export interface Pruned {
  /** Rows that went. */
  readonly rows: number
  /** True when it is worth to call again soon. */
  readonly more: boolean
}

/** Everything a driver opens. */
export interface Store {
  readonly keys: KeyStore
  readonly ledger: LedgerStore
  readonly requests: RequestLogStore
  readonly responses: ResponseStore
  readonly replies: ReplyStore
  readonly answers: AnswerStore
  readonly vault: VaultStore
  readonly shadows: ShadowStore
  readonly contents: ContentStore
  readonly feedback: FeedbackStore
  readonly releases: ReleaseStore
  readonly alerts: AlertStore
  readonly series: SeriesStore
  readonly spend: SpendStore
  readonly topUps: TopUpStore
  readonly audit: AuditStore
  readonly settings: SettingsStore
  /** Removes a small batch of what need not be kept, beside the writing of rows and never in its way for long. */
  prune(expiry: Expiry): Promise<Pruned>
  close(): Promise<void>
}
