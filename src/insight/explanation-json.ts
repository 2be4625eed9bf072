import { KEPT_TOGETHER, LAST_RESORT, PREFERRED } from '../exchange/decision.ts'
import { writtenAs } from '../exchange/decision-record.ts'
import { FILTER_REASONS } from '../exchange/filter-reasons.ts'
import type { Failure } from '../exchange/failure.ts'
import { entriesOf, type Route } from '../exchange/route.ts'
import type { Capabilities } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'
import { parseJson, type JsonObject } from '../kit/json.ts'
import { formatUsd } from '../kit/money.ts'
import { STRATEGIES } from '../routing/strategies/all.ts'
import { isMadeUp } from './callers.ts'
import { expectedCosts, type Decided } from './decide-again.ts'
import type { Explanation } from './explain.ts'
import { stepOf, type Flip } from './flips.ts'
import type { Outage } from './outage.ts'
import { tellPrice } from './tell-price.ts'

/** The reason where a target is asked when those of the route itself have failed. */
const FALLBACK = 'fallback'

/** Reasons of ranks in a sentence, but for those of strategies, which have their own. */
const SENTENCES: Readonly<Record<string, string>> = {
  [KEPT_TOGETHER]: 'Requests that belong together are kept at one target.',
  [PREFERRED]: 'The request names whom it prefers.',
  [LAST_RESORT]: 'Nobody may be asked, and this one is the least bad: it is tried rather than nothing.',
  [FALLBACK]: 'It is a fallback of the route, for when those before it fail.',
  ...Object.fromEntries(STRATEGIES.map(({ reason: { code, sentence } }) => [code, sentence])),
  ...FILTER_REASONS,
}

/** An explanation for machines: what the command and the admin API answer alike. */
export function explanationJson({
  plan,
  dialect,
  imagined,
  decided,
  flips,
  outage,
}: Explanation): JsonObject {
  const { route, failure } = decided
  const step = stepOf(decided)
  return {
    model: imagined.request.model,
    operation: imagined.request.operation,
    plan: plan.version,
    input_tokens: imagined.features.inputTokens,
    steps: parseJson(writtenAs({}, decided.steps)),
    candidates: candidatesOf(decided).map((one) => ({ ...one, facts: { ...one.facts } })),
    flips: flips.map(flipJson),
    ...defined({
      key: isMadeUp(imagined.caller) ? undefined : imagined.caller.keyName,
      dialect: dialect === '' ? undefined : dialect,
      route: route?.name,
      step,
      strategy: route?.ranking.strategy,
      attempts: route?.maxAttempts,
      failure: failure && failureJson(failure),
      outage: outage && outageJson(outage),
    }),
  }
}

/** A target of the way that a request takes: where it stands among those that would be asked, or why it would not be. */
export interface ToldCandidate extends ToldTarget {
  /** Its dialects. */
  readonly speaks: readonly string[]
  readonly facts: Capabilities
  readonly price: string
}

interface ToldTarget {
  readonly step: 'rank' | 'filter'
  readonly target: string
  /** As decisions spell it; empty for those behind the first. */
  readonly reason: string
  readonly detail: string
  /** The reason in a sentence. */
  readonly why: string
  /** From 1, for those that would be asked. */
  readonly place?: number
  /** Absent where it has no price, or would not be asked. */
  readonly expected_cost_usd?: string
}

/** The targets in the order in which they would be asked, then those that would not be. */
export function candidatesOf(decided: Decided): readonly ToldCandidate[] {
  const { route } = decided
  if (route === undefined) return []
  return [...rankedOf(decided, route), ...filteredOf(decided)].map((one) => ({
    ...one,
    ...describeTarget(one.target, route),
  }))
}

function rankedOf(decided: Decided, route: Route): readonly ToldTarget[] {
  const costs = expectedCosts(decided)
  const rank = decided.steps.findLast((step) => step.step === 'rank')
  return decided.candidates.map(({ target: { id } }, index) => {
    const behind = route.fallback.some(({ target }) => target.id === id) ? FALLBACK : ''
    const reason = index === 0 ? (rank?.reason ?? '') : behind
    const cost = costs[index]
    return {
      step: 'rank',
      target: id,
      place: index + 1,
      reason,
      detail: rank?.targets[index]?.detail ?? '',
      why: sentenceOf(reason),
      ...defined({ expected_cost_usd: cost === undefined ? undefined : formatUsd(cost) }),
    }
  })
}

function filteredOf({ steps, candidates }: Decided): readonly ToldTarget[] {
  const filter = steps.findLast((step) => step.step === 'filter')
  const isAsked = new Set(candidates.map(({ target }) => target.id))
  return (filter?.targets ?? [])
    .filter(({ target }) => !isAsked.has(target))
    .map(({ target, reason, detail = '' }) => ({
      step: 'filter',
      target,
      reason,
      detail,
      why: sentenceOf(reason),
    }))
}

/** Why somebody was put first, or may not be asked, without what the sentence says of the record; empty for a code that nobody gives. */
export function sentenceOf(reason: string): string {
  const [sentence = ''] = (SENTENCES[reason] ?? '').split('; `detail`')
  return sentence === '' || sentence.endsWith('.') ? sentence : `${sentence}.`
}

function describeTarget(id: string, route: Route) {
  const found = entriesOf(route).find(({ target }) => target.id === id)
  const { price, capabilities: facts = {} } = found?.target ?? {}
  return {
    speaks: (found?.target.spoken ?? []).map(({ dialect }) => dialect),
    facts,
    price: tellPrice(price),
  }
}

function failureJson({ code, message, status }: Failure): JsonObject {
  return { code, message, status }
}

/** One thing that would lead elsewhere. */
export function flipJson({ change, decided }: Flip): JsonObject {
  return { change: change.text, outcome: outcomeJson(decided) }
}

function outcomeJson(decided: Decided): JsonObject {
  const { candidates, failure } = decided
  const rank = decided.steps.findLast((step) => step.step === 'rank')
  return {
    ...defined({
      step: stepOf(decided),
      target: candidates[0]?.target.id,
      reason: rank?.reason,
      detail: rank?.targets[0]?.detail,
      failure: failure && failureJson(failure),
    }),
  }
}

function outageJson({ provider, inVain, answers, afterwards, isAlone }: Outage): JsonObject {
  return {
    provider,
    meanwhile: { in_vain: inVain, ...defined({ answers }) },
    afterwards: { ...outcomeJson(afterwards), alone: isAlone },
  }
}
