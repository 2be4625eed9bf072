import { join } from 'node:path'
import { dialectMap } from '../dialects/all.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import type { CanaryBoard } from '../experiments/canary-board.ts'
import { createGateway, type Gateway } from '../gateway/gateway.ts'
import { composePipeline, type ContentLayers, type PipelineParts } from '../gateway/order.ts'
import type { Plan } from '../gateway/plan.ts'
import { openStoredKeys, type StoredKeys } from '../identity/stored-keys.ts'
import { createBudgetView, type BudgetView } from '../ledger/budget-view.ts'
import { createBudgets } from '../ledger/budgets.ts'
import { defined } from '../kit/defined.ts'
import { createJournalFiles, type JournalFiles } from '../ledger/journal-files.ts'
import { openLedger, type Durability, type Ledger } from '../ledger/ledger.ts'
import type { Vault } from '../policies/guard/vault.ts'
import { createWritingSpeeds } from '../policies/attempt/writing-speeds.ts'
import { createExtraStarts } from '../policies/dispatch/extra-starts.ts'
import { createRetryBudget } from '../policies/dispatch/retry-budget.ts'
import type { TakeContent } from '../policies/request/keep-content.ts'
import type { StoringTerms } from '../policies/stored/stored-answers.ts'
import { costOf } from '../pricing/cost.ts'
import { createUpperBound } from '../pricing/remember-bound.ts'
import { PROVIDERS } from '../providers/all.ts'
import { createSender } from '../providers/send.ts'
import type { HealthBoard } from '../routing/health.ts'
import { openCounters } from '../store/open-counters.ts'
import type { RequestRow } from '../store/store.ts'
import type { Tracing } from '../telemetry/otlp/tracing.ts'
import type { RequestLines } from '../telemetry/request-line.ts'
import { openAnswers, type AnswerKeeping, type OpenAnswers } from './caching.ts'
import { openBoards } from './boards.ts'
import { createKeyedPlaceholders } from '../guardrails/placeholders.ts'
import { openExperiments, type Experiments } from './experiments.ts'
import { partsBeside } from './parts-beside.ts'
import type { Foundation } from './foundation.ts'
import { openTopUps, type OpenTopUps } from './top-ups.ts'

/** What of the foundation an engine stands on. */
export type EngineGround = Pick<
  Foundation,
  'clock' | 'lookClock' | 'random' | 'ids' | 'telemetry' | 'store' | 'hmac' | 'http'
>

export interface EngineOptions {
  readonly directory: string
  /** Absent: the files of this machine. */
  readonly journalFiles?: JournalFiles
  readonly plan: Plan
  readonly durability: Durability
  readonly version: string
  readonly record: (row: RequestRow) => void
  /** Takes what was said, where that is kept; absent: nothing is. */
  readonly keepContent?: TakeContent
  readonly contentLayers: ContentLayers
  /** Remembers masked values, where guardrails want that; absent: none are. */
  readonly vault?: Vault
  /** Absent where no answers are stored. */
  readonly storing?: StoringTerms
  /** Takes requests that are over, for export; absent: none is exported. */
  readonly tracing?: Tracing
  /** Takes requests that have a line in the log; absent: none has one. */
  readonly lines?: RequestLines
  /** Providers that are told of traces; absent: none. */
  readonly propagate?: ReadonlySet<string>
  /** How answers of the cache are kept beyond the life of the process; absent: they are not. */
  readonly answerKeeping?: AnswerKeeping
  /** True while the disk is kept for the ledger; absent: it never is. */
  readonly isPaused?: () => boolean
}

/** The running parts behind the listeners. */
export interface Engine {
  readonly gateway: Gateway
  readonly keys: StoredKeys
  readonly ledger: Ledger
  readonly health: HealthBoard
  /** How budgets and limits stand. */
  readonly budgetView: BudgetView
  readonly topUps: OpenTopUps
  readonly canaries: CanaryBoard
  /** Are answers of the cache kept beyond the life of the process? */
  readonly answersOnDisk: boolean
  /** What every pipeline is composed of, for the listeners that need one of its parts. */
  readonly parts: PipelineParts
  /** Cuts what is under way short, so that every client is told in its dialect. */
  cut(): void
  close(): Promise<void>
}

/** Opens ledger and keys, and puts the first plan in force. Rejects when the ledger cannot replay what an earlier life left. */
export async function openEngine(foundation: EngineGround, options: EngineOptions): Promise<Engine> {
  const { clock, random, ids, telemetry, store, hmac, http } = foundation
  const ledger = await openLedger({
    files: options.journalFiles ?? createJournalFiles(clock),
    directory: join(options.directory, 'journal'),
    store: store.ledger,
    clock,
    telemetry,
    durability: options.durability,
  })
  const keys = await openStoredKeys({ keys: store.keys, clock: foundation.lookClock, telemetry })
  const budgeting = budgetingOver(ledger, await openTopUps(foundation), clock)
  const boards = openBoards(foundation)
  const experiments = await openExperiments(foundation, options.isPaused ?? (() => false))
  const answers = await openAnswers(foundation, options.answerKeeping)
  const dialects = dialectMap()
  const sender = createSender({ ...options, dialects, http, clock, telemetry })
  const parts: PipelineParts = {
    clock,
    random,
    ids,
    telemetry,
    hmac,
    foreignKeyPrefixes: PROVIDERS.flatMap(({ keyPrefixes = [] }) => keyPrefixes),
    storedKeys: keys,
    ...budgeting.parts,
    costOf,
    upperBound: createUpperBound(),
    speeds: createWritingSpeeds(),
    ...boards,
    ...experiments.parts,
    retries: createRetryBudget(clock),
    extraStarts: createExtraStarts(clock),
    record: options.record,
    ...defined({ keepContent: options.keepContent }),
    createPlaceholders: createKeyedPlaceholders(hmac),
    ...defined({ vault: options.vault }),
    tracing: options.tracing,
    lines: options.lines,
    clientStatus: (exchange, failure) => clientStatus(failure, exchange, dialects),
    send: (attempt) => sender.send(attempt),
    contentLayers: options.contentLayers,
    ...answers.parts,
    stored: { responses: store.responses, clock, telemetry, ...storingIn(options) },
  }
  const gateway = gatewayOver(options.plan, parts)
  return {
    gateway,
    keys,
    ledger,
    health: boards.health,
    ...budgeting.shown,
    canaries: experiments.parts.canaries,
    answersOnDisk: options.answerKeeping !== undefined,
    parts,
    cut: () => sender.stop(),
    close: () => closeAll({ keys, experiments, answers, ledger }),
  }
}

function gatewayOver(firstPlan: Plan, parts: PipelineParts): Gateway {
  const gateway = createGateway({
    plan: firstPlan,
    compose: (plan, ask) => composePipeline(plan, ask, parts),
    composeTried: (plan, ask, inForce) => composePipeline(plan, ask, partsBeside(parts, inForce)),
    clock: parts.clock,
    ids: parts.ids,
  })
  parts.telemetry.gauge('gatehouse_requests_in_flight', () => gateway.inFlight())
  return gateway
}

/** Budgets, what is added to them for a time, and how both are looked at: over the same counters. */
function budgetingOver(ledger: Ledger, topUps: OpenTopUps, clock: EngineGround['clock']) {
  const over = { counters: openCounters('memory:'), ledger, topUps: topUps.board }
  return {
    parts: { counters: over.counters, ledger, budgets: createBudgets({ ...over, clock }) },
    shown: { budgetView: createBudgetView(over), topUps },
  }
}

function storingIn({ storing }: EngineOptions): { readonly storing?: StoringTerms } {
  return storing === undefined ? {} : { storing }
}

/** The ledger last: what the others leave may still be paid. */
async function closeAll({ keys, experiments, answers, ledger }: Closing): Promise<void> {
  keys.close()
  await experiments.close()
  await answers.close()
  await ledger.close()
}

interface Closing extends Pick<Engine, 'keys' | 'ledger'> {
  readonly experiments: Experiments
  readonly answers: OpenAnswers
}

/** The dialect decides by itself, so the log cannot say anything else than the client was told. */
function clientStatus(
  failure: Failure,
  { id, dialect, trail }: Exchange,
  dialects: ReadonlyMap<string, Dialect>,
): number {
  const wire = dialects.get(dialect)?.encodeFailure(failure, { requestId: id, attempts: trail.attempts })
  return wire?.status ?? failure.status
}
