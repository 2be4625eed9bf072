import { unfulfilled } from '../exchange/constraint.ts'
import type { FilteredTarget, FilterStep } from '../exchange/decision.ts'
import type { Operation } from '../exchange/operations/all.ts'
import { REFUSED } from '../exchange/rest-view.ts'
import { allowsUnpriced, type Route, type RouteTarget } from '../exchange/route.ts'
import { unpricedAt, type Target } from '../exchange/target.ts'
import type { ChoiceQuestion } from './choice.ts'
import { refuseByCapability, refuseByContext, type Refusal } from './refuse-by-facts.ts'
import { refuseByWishes } from './wishes.ts'

/** A target that may not be asked, and why. */
export interface Refused {
  readonly target: Target
  readonly refusal: Refusal
}

/** The first reason against a target, hard ones before passing ones; undefined when there is none. */
export function refuse(target: Target, question: ChoiceQuestion): Refusal | undefined {
  const { route, features, isBudgeted = false } = question
  const bar = question.barred?.get(target.id)
  if (bar !== undefined) return bar
  if (question.permits?.(target.id) === false) return { reason: 'key-forbids' }
  const misfit = refuseByConstraints(target, question.only) ?? refuseByOperation(target, question)
  if (misfit !== undefined) return misfit
  const unpriced = unpricedAt(target, question.service)
  if (unpriced !== undefined && !allowsUnpriced(route, isBudgeted))
    return { reason: 'unpriced', detail: unpriced }
  return (
    refuseByCapability(target.capabilities, features) ??
    (question.wishes && refuseByWishes(target, question.wishes, question)) ??
    refuseByCredentials(target, question) ??
    refuseByContext(target.capabilities, features) ??
    refuseByCircuit(target, question)
  )
}

function refuseByConstraints(target: Target, only: ChoiceQuestion['only']): Refusal | undefined {
  const unmet = unfulfilled(only, target)
  if (unmet === undefined) return undefined
  const reason = unmet.isWish === true ? 'outside-wish' : 'outside-only'
  return { reason, detail: `${unmet.by} wants ${unmet.text}` }
}

function refuseByOperation(target: Target, { operation, route }: ChoiceQuestion): Refusal | undefined {
  const { operations } = target.capabilities
  if (operations?.includes(operation.name) === false)
    return {
      reason: 'lacks-operation',
      detail: `is for ${operations.join(', ') || 'nothing that can be asked here'}`,
    }
  if (operation.interchangeable || route.mixesModels) return undefined
  const first = modelOfRoute(route, operation.name)
  return first === undefined || first === plainName(target.model)
    ? undefined
    : { reason: 'other-model', detail: `its answers do not go with those of ${first}` }
}

/**
 * The name of the model whose answers a route gives where answers of several models do not go together: that of the first target
 * which can be asked at all, whoever asks and whatever rests, so that it is the same today and tomorrow.
 */
function modelOfRoute({ targets, fallback }: Route, operation: Operation): string | undefined {
  const serves = ({ target }: RouteTarget): boolean =>
    target.capabilities.operations?.includes(operation) !== false
  const first = targets.find(serves) ?? fallback.find(serves)
  return first === undefined ? undefined : plainName(first.target.model)
}

/** The name without whoever made the model, whom some providers name before it: `BAAI/bge-m3`. */
function plainName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).toLowerCase()
}

function refuseByCredentials(target: Target, { rests }: ChoiceQuestion): Refusal | undefined {
  const restMs = rests.credentials(target)
  if (restMs === undefined) return undefined
  if (restMs !== REFUSED) return { reason: 'credentials-exhausted', detail: tellRest(restMs), restMs }
  return {
    reason: 'credentials-exhausted',
    detail: target.credentials.length === 0 ? 'there is none' : 'refused by the provider',
  }
}

function refuseByCircuit(target: Target, { rests }: ChoiceQuestion): Refusal | undefined {
  const restMs = rests.target(target)
  return restMs === undefined ? undefined : { reason: 'circuit-open', detail: tellRest(restMs), restMs }
}

/** How long a target rests, in words. */
export function tellRest(restMs: number): string {
  return `rests ${Math.ceil(restMs / 1000)} s`
}

/** The step that says who was left out, and why. */
export function toFilter(refused: readonly Refused[]): FilterStep {
  return { step: 'filter', targets: refused.map(toFiltered) }
}

function toFiltered({ target, refusal: { reason, detail } }: Refused): FilteredTarget {
  return detail === undefined ? { target: target.id, reason } : { target: target.id, reason, detail }
}
