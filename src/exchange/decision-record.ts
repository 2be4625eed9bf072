import {
  omitKeys,
  parseJsonObject,
  readNumber,
  readObjects,
  readString,
  type JsonObject,
} from '../kit/json.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import { formatUsd } from '../kit/money.ts'
import { clipText } from '../kit/plain-text.ts'
import type { AttemptResult } from './attempt-result.ts'
import { writeInputs, type WrittenInputs } from './decision-inputs.ts'
import {
  decisionIdOf,
  type ConditionStep,
  type DecisionStep,
  type FilterStep,
  type MatchStep,
  type RankStep,
} from './decision.ts'
import type { Exchange } from './exchange.ts'
import type { GuardStep } from './guard.ts'
import type { FilterReason } from './filter-reasons.ts'
import { writeAsks, type WrittenAsks } from './recorded-asks.ts'
import { writeFacts, type WrittenFacts } from './recorded-facts.ts'

/**
 * Version of the record. What lies in people's request logs is read for ever: 1 had no `v`, and a strategy, one verdict for
 * each candidate and the attempts in the place of `steps`; 2 had no `inputs`, and named every target of every list; 3 had no `facts`.
 */
const VERSION = 4

/** Models of a wildcard are named as clients like. */
const NAME_CHARACTERS = 120
/** Routes of a match that are named in a record. */
const MOST_FAILED = 5

/** Of UTF-8 for a unit of a string. */
const MOST_BYTES = 3

/** How much of each step is written. Of longer lists the rest is counted. */
interface Measure {
  /** Or steps of a route, of a condition. */
  readonly targets: number
  /** Are attempts told at length? */
  readonly attempts: boolean
}

const WIDE: Measure = { targets: 8, attempts: true }
/** Where that is too long. */
const NARROW: Measure = { targets: 2, attempts: false }

/** A record in the form in which it is written. */
interface WrittenRecord {
  readonly v: number
  readonly id: string
  readonly route: string | undefined
  readonly planVersion: string
  readonly asks: WrittenAsks | undefined
  /** Absent where there was no room for them. */
  readonly facts: WrittenFacts['facts'] | undefined
  readonly unfit: WrittenFacts['unfit']
  readonly inputs: WrittenInputs | undefined
  /** Where the steps are told in brief, as they would not have fitted. */
  readonly short?: true
  readonly steps: readonly object[]
  /** How many steps there were besides. */
  readonly omitted: number | undefined
}

/**
 * The record of why an exchange went where it went, as JSON text for the request log, of at most `LIMITS.decisionBytes`; undefined
 * where nothing was decided.
 */
export function writeDecision(exchange: Exchange): string | undefined {
  const { trail } = exchange
  if (trail.steps.length === 0) return undefined
  const record = toRecord(exchange, WIDE)
  const text = JSON.stringify(record)
  if (fits(text)) return text
  const narrow = { ...toRecord(exchange, NARROW), short: true } as const
  const attempt = narrow.steps.findIndex(isAttempt)
  return shorten(narrow, attempt < 0 ? narrow.steps.length - 1 : attempt) ?? shortest(narrow)
}

/** The record of a request that got what an earlier one got, as JSON text. */
export function writeReplay(replay: {
  readonly requestId: string
  readonly planVersion: string
  readonly route: string | undefined
  readonly of: string
}): string {
  const { requestId, planVersion, route, of } = replay
  const step: DecisionStep = { step: 'replay', of }
  return JSON.stringify({
    v: VERSION,
    id: decisionIdOf(requestId),
    route: route === undefined ? undefined : clipped(route),
    planVersion,
    steps: [step],
  })
}

function toRecord(exchange: Exchange, measure: Measure): WrittenRecord {
  const { id, planVersion, trail } = exchange
  const { facts, unfit } = writeFacts(exchange)
  const { route, choice, stepsOmitted } = trail
  const steps: object[] = []
  for (const step of trail.steps) steps.push(toPlain(step, measure))
  // In the order in which it is read; JSON leaves out what is undefined.
  return {
    v: VERSION,
    id: decisionIdOf(id),
    route: route === undefined ? undefined : clipped(route),
    planVersion,
    asks: writeAsks(exchange),
    facts,
    unfit,
    inputs: choice === undefined ? undefined : writeInputs(choice, trail.steps.find(isFilter)),
    steps,
    omitted: stepsOmitted === 0 ? undefined : stepsOmitted,
  }
}

function isFilter(step: DecisionStep): step is FilterStep {
  return step.step === 'filter'
}

function fits(text: string): boolean {
  if (text.length * MOST_BYTES <= LIMITS.decisionBytes) return true
  return text.length <= LIMITS.decisionBytes && new TextEncoder().encode(text).length <= LIMITS.decisionBytes
}

function isAttempt(step: object): boolean {
  return 'step' in step && step.step === 'attempt'
}

/** The record without facts, and with as few of its steps as there is room for. */
function shortest(record: WrittenRecord): string {
  const { steps, omitted = 0 } = record
  const bare = { ...record, facts: undefined, unfit: undefined }
  return (
    shorten(bare, 1) ??
    JSON.stringify({ ...bare, steps: steps.slice(-1), omitted: omitted + steps.length - 1 })
  )
}

/**
 * The first steps say why, the last one how it ended; of those in between as many are left out as do not fit. Undefined where fewer
 * than the least would be left.
 */
function shorten(record: WrittenRecord, least: number): string | undefined {
  const { steps, omitted = 0 } = record
  const last = steps.slice(-1)
  for (let kept = steps.length - 1; kept >= Math.max(1, least); kept -= 1) {
    const left = omitted + steps.length - 1 - kept
    const shorter = { ...record, steps: [...steps.slice(0, kept), ...last] }
    const text = JSON.stringify(left === 0 ? shorter : { ...shorter, omitted: left })
    if (fits(text)) return text
  }
  return undefined
}

/** The steps of a choice, as a record of the same length holds them. */
export function writtenAs(record: JsonObject, steps: readonly DecisionStep[]): string {
  const measure = record['short'] === true ? NARROW : WIDE
  return JSON.stringify(steps.map((step) => toPlain(step, measure)))
}

/** The steps by which the targets of a record were chosen; what stands behind them followed from attempts. */
export function writtenChoice(record: JsonObject): string {
  const steps = readObjects(record, 'steps')
  const end = steps.findIndex((step) => step['step'] === 'rank' || step['step'] === 'attempt')
  const before = end < 0 ? steps : steps.slice(0, end + 1)
  return JSON.stringify(before.filter((step) => step['step'] === 'filter' || step['step'] === 'rank'))
}

/** A step in the form in which a record holds it. */
function toPlain(step: DecisionStep, measure: Measure): object {
  if (step.step === 'attempt') return toPlainAttempt(step.result, measure)
  if (step.step === 'filter') return toPlainFilter(step, measure)
  if (step.step === 'rank') return toPlainRank(step, measure)
  if (step.step === 'match') return toPlainMatch(step)
  if (step.step === 'condition') return toPlainCondition(step, measure)
  if (step.step === 'guard') return toPlainGuard(step, measure)
  if (step.step !== 'alias') return step
  return { ...step, from: clipped(step.from), to: clipped(step.to) }
}

function toPlainMatch({ from, to, failed }: MatchStep): object {
  return {
    step: 'match',
    from: clipped(from),
    ...defined({
      to: to === undefined ? undefined : clipped(to),
      failed: failed?.slice(0, MOST_FAILED).map(clipped),
    }),
  }
}

/** A route may have a hundred steps: of those that were passed by, the first are named, and the rest is counted. */
function toPlainCondition(step: ConditionStep, { targets: most }: Measure): object {
  const { unmet = NO_NAMES, failed = NO_NAMES } = step
  const more = Math.max(0, unmet.length - most) + Math.max(0, failed.length - most)
  if (more === 0) return step
  return {
    ...step,
    ...(unmet.length > 0 && { unmet: unmet.slice(0, most) }),
    ...(failed.length > 0 && { failed: failed.slice(0, most) }),
    more,
  }
}

const NO_NAMES: readonly string[] = []

/** There may be many, most of which have nothing to say: whoever has something is named first. */
function toPlainGuard(step: GuardStep, { targets: most }: Measure): object {
  const { verdicts } = step
  if (verdicts.length <= most) return step
  const speaking = verdicts.filter(({ verdict }) => verdict !== 'passed')
  const passed = verdicts.filter(({ verdict }) => verdict === 'passed')
  const named = [...speaking, ...passed].slice(0, most)
  return { ...step, verdicts: named, more: verdicts.length - named.length }
}

function clipped(name: string): string {
  return clipText(name, NAME_CHARACTERS)
}

function toPlainFilter(filter: FilterStep, measure: Measure): object {
  const { step, targets } = filter
  const told = firstOf(targets, measure)
  if (told === targets) return filter
  if (targets.length === told.length) return { step, targets: told }
  const more: { [Reason in FilterReason]?: number } = {}
  for (const { reason } of targets.slice(measure.targets)) more[reason] = (more[reason] ?? 0) + 1
  return { step, targets: told, more }
}

function toPlainRank(step: RankStep, measure: Measure): object {
  const { targets } = step
  const told = firstOf(targets, measure)
  if (told === targets) return step
  const more = targets.length - told.length
  return more === 0 ? { ...step, targets: told } : { ...step, targets: told, more }
}

interface Named {
  readonly target: string
  readonly detail?: string
}

/** As many as are written, with names that are not too long: the list itself where that is so already. */
function firstOf<Item extends Named>(items: readonly Item[], { targets }: Measure): readonly Item[] {
  if (items.length <= targets && items.every(isShort)) return items
  return items.slice(0, targets).map((item) => (isShort(item) ? item : clippedItem(item)))
}

function isShort({ target, detail = '' }: Named): boolean {
  return target.length <= NAME_CHARACTERS && detail.length <= NAME_CHARACTERS
}

function clippedItem<Item extends Named>(item: Item): Item {
  const { target, detail } = item
  return { ...item, target: clipped(target), ...(detail === undefined ? {} : { detail: clipped(detail) }) }
}

/** Money as decimal text, no finer than a tenth of a millisecond; what is as usual is undefined, which JSON leaves out. */
function toPlainAttempt(result: AttemptResult, { attempts }: Measure): object {
  const { id, outcome, status, basis, firstEventMs, costNanoUsd } = result
  const target = clipped(result.target)
  if (!attempts) return { step: 'attempt', id, target, outcome, status }
  return {
    step: 'attempt',
    id,
    target,
    credential: result.credential,
    lane: result.lane,
    outcome,
    status,
    startedMs: toTenths(result.startedMs),
    durationMs: toTenths(result.durationMs),
    firstEventMs: firstEventMs === undefined ? undefined : toTenths(firstEventMs),
    basis: basis === 'reported' ? undefined : basis,
    simulated: result.simulated ? true : undefined,
    costUsd: costNanoUsd === undefined ? undefined : formatUsd(costNanoUsd),
  }
}

function toTenths(ms: number): number {
  return Math.round(ms * 10) / 10
}

/** Reads a record of any version, in the form of the newest; undefined when the text is none. */
export function readDecision(text: string): JsonObject | undefined {
  const record = parseJsonObject(text)
  if (record === undefined) return undefined
  const version = readNumber(record, 'v')
  if (version === undefined) return upgradeFirst(record)
  return version === 2 || version === 3 ? { ...record, v: VERSION } : record
}

const VERDICT = new Set(['verdict'])
const VERDICT_AND_REASON = new Set(['verdict', 'reason'])

function upgradeFirst({ strategy = '', candidates, attempts, ...record }: JsonObject): JsonObject {
  const verdicts = readObjects({ candidates }, 'candidates')
  const refused = verdicts.filter((one) => readString(one, 'verdict') === 'filtered')
  const eligible = verdicts.filter((one) => readString(one, 'verdict') === 'eligible')
  const [first] = eligible
  const steps: JsonObject[] = []
  if (refused.length > 0)
    steps.push({ step: 'filter', targets: refused.map((one) => omitKeys(one, VERDICT)) })
  if (first !== undefined) {
    const targets = eligible.map((one) => omitKeys(one, VERDICT_AND_REASON))
    steps.push({ step: 'rank', strategy, reason: readString(first, 'reason') ?? '', targets })
  }
  for (const attempt of readObjects({ attempts }, 'attempts')) steps.push({ step: 'attempt', ...attempt })
  return { v: VERSION, ...record, steps }
}
