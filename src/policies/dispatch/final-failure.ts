import type { FilterStep } from '../../exchange/decision.ts'
import { Failure } from '../../exchange/failure.ts'
import type { FilterReason } from '../../exchange/filter-reasons.ts'
import { wasNeverBegun } from '../../exchange/failure-table.ts'
import type { Operation } from '../../exchange/operations/all.ts'
import type { Choice } from '../../routing/choice.ts'

/**
 * Picks what the client gets to see when every attempt failed. One failure is shown as it is. Otherwise: a failure of the
 * gateway stopped everything and is the answer; what a fallback cannot be asked for is not, since the client did not choose
 * it; 429 when every attempt was limited, with the shortest wait;
 * else the last 5xx; else the first 4xx, because later ones come from targets the client did not ask for.
 *
 * @param failures at least one, in order
 */
export function finalFailure(failures: readonly Failure[]): Failure {
  const made = failures.filter(({ code }) => !wasNeverBegun(code))
  const last = made.at(-1)
  if (last === undefined) return failures.at(-1) ?? new Failure('no-candidate')
  if (made.length === 1 || last.row.source === 'gateway') return last
  const real = made.filter(({ row }) => row.source === 'provider')
  const [first] = real
  if (first === undefined) return last
  if (real.every(({ status }) => status === 429)) return soonest(real, first)
  return real.findLast(({ status }) => status >= 500) ?? real.find(({ status }) => status !== 429) ?? first
}

function soonest(failures: readonly Failure[], first: Failure): Failure {
  let best = first
  for (const failure of failures) {
    const waitMs = failure.details.retryAfterMs
    if (waitMs !== undefined && waitMs < (best.details.retryAfterMs ?? Number.POSITIVE_INFINITY))
      best = failure
  }
  return best
}

/** What a target cannot do, in words for whoever asked for it. */
const CAPABILITIES: { readonly [Reason in FilterReason]?: string } = {
  'lacks-operation': 'is for other operations',
  'lacks-tools': 'calls no tools',
  'lacks-vision': 'takes no images',
  'lacks-documents': 'takes no documents',
  'lacks-audio': 'takes no audio',
  'lacks-speech': 'does not speak',
  'lacks-json-schema': 'is bound to no schema',
}

/** What else speaks against a target for as long as nobody changes something, likewise. */
const LASTING: { readonly [Reason in FilterReason]?: string } = {
  ...CAPABILITIES,
  'key-forbids': 'is forbidden to the key',
  unpriced: 'has no known price',
  'other-model': 'is another model than the first of the route',
}

function isLasting(reason: FilterReason): boolean {
  return reason === 'outside-only' || LASTING[reason] !== undefined
}

/** What an attempt at a target may come to, by its id. */
export type TellTarget = (target: string) => string | undefined

/** Targets that are named in an error. */
const MOST_NAMED = 5

/** Explains a choice without candidates by what was missing: permission, price, capability, capacity. */
export function explainEmpty(
  { filter, retryAfterMs }: Choice,
  operation: Operation,
  tellTarget: TellTarget = () => undefined,
): Failure {
  if (retryAfterMs !== undefined) {
    return new Failure('provider-rate-limited', {
      message: 'The providers of this route are limiting requests. Wait and try again.',
      retryAfterMs,
    })
  }
  const reasons = new Set(filter?.targets.map(({ reason }) => reason))
  // Who would have been left out anyway explains nothing.
  reasons.delete('other-model')
  const isForbidden = reasons.delete('key-forbids')
  if (reasons.has('outside-only') && [...reasons].every(isLasting)) return outsideOnly(filter)
  reasons.delete('outside-only')
  if (reasons.size === 0) return new Failure(isForbidden ? 'model-not-allowed' : 'no-candidate')
  const [reason, ...others] = reasons
  const alone = others.length === 0 ? forOneReason(reason, filter, operation) : undefined
  if (alone !== undefined) return alone
  if (WISHES.some((reason) => reasons.has(reason))) return unmetWishes(filter, tellTarget)
  if ([...reasons].every((reason) => CAPABILITIES[reason] !== undefined)) {
    return new Failure('unsupported-feature', {
      message: `No target of this route can do what the request asks: ${incapable(filter)}. Remove it or choose another model.`,
    })
  }
  return new Failure('no-candidate')
}

/** Says of each target what excluded it: what it does not fulfil, or why it cannot answer although it does. */
function outsideOnly(filter: FilterStep | undefined): Failure {
  const facts = (filter?.targets ?? []).map(
    ({ target, reason, detail = '' }) => `${target}: ${LASTING[reason] ?? detail}`,
  )
  const more = facts.length > MOST_NAMED ? `; and ${facts.length - MOST_NAMED} more` : ''
  return new Failure('outside-only', {
    message: `Nobody who may be asked can answer this request. ${facts.slice(0, MOST_NAMED).join('; ')}${more}.`,
  })
}

/** What is told where all targets are left out for one reason that has words of its own. */
function forOneReason(
  reason: FilterReason | undefined,
  filter: FilterStep | undefined,
  operation: Operation,
): Failure | undefined {
  if (reason === 'lacks-operation') return forOtherOperations(filter, operation)
  if (reason === 'unpriced') return new Failure('unpriced-model')
  if (reason !== 'credentials-exhausted') return undefined
  return new Failure('no-candidate', {
    message: 'The providers of this route have no credential. Whoever runs the gateway has to add one.',
  })
}

/** Why a target is left out that the request could have had by wishing for less. */
const WISHES: readonly FilterReason[] = [
  'outside-wish',
  'above-max-cost',
  'above-max-ttft',
  'below-min-quality',
]

/** Says of each target what excluded it, whether that was a wish or something else. */
function unmetWishes(filter: FilterStep | undefined, tellTarget: TellTarget): Failure {
  const told = (filter?.targets ?? [])
    .filter(({ reason }) => reason !== 'key-forbids')
    .map(({ target, reason, detail }) => {
      const cost = reason === 'above-max-cost' ? tellTarget(target) : undefined
      const why = CAPABILITIES[reason] ?? detail ?? reason
      return `${target}: ${cost === undefined ? '' : `${cost}, `}${why}`
    })
  const more = told.length > MOST_NAMED ? `; and ${told.length - MOST_NAMED} more` : ''
  return new Failure('wish-unmet', {
    message: `No target of this route is as the request wishes: ${told.slice(0, MOST_NAMED).join('; ')}${more}.`,
  })
}

function incapable(filter: FilterStep | undefined): string {
  const facts = (filter?.targets ?? []).flatMap(({ target, reason }) => {
    const lack = CAPABILITIES[reason]
    return lack === undefined ? [] : [`${target} ${lack}`]
  })
  return facts.slice(0, MOST_NAMED).join('; ')
}

function forOtherOperations(filter: FilterStep | undefined, operation: Operation): Failure {
  const facts = (filter?.targets ?? []).flatMap(({ target, reason, detail }) =>
    reason === 'lacks-operation' ? [`${target} ${detail ?? ''}`] : [],
  )
  return new Failure('unsupported-feature', {
    message: `No model of this route can be asked for the operation ${operation}: ${facts.join('; ')}. Ask another model.`,
    param: 'model',
  })
}
