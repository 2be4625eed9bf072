import type { Constraint } from '../exchange/constraint.ts'
import type { GuardPhase, GuardSubject, MaskedValue } from '../exchange/guard.ts'
import { defined } from '../kit/defined.ts'
import type { Check } from './check.ts'
import type { Looker } from './looker.ts'

/** What is done where a guardrail has found something. */
export type GuardAction =
  | { readonly type: 'flag' }
  | {
      readonly type: 'mask'
      /** True where what was masked in what is asked is put back in the answer. */
      readonly restore: boolean
      /** How its placeholders are called; absent: as what was found. */
      readonly as?: string
      /** How long it is remembered what was masked; absent: no longer than the request. */
      readonly rememberMs?: number
    }
  | {
      readonly type: 'block'
      /** What the client gets: an error, or a refusal as its models give them. */
      readonly answer: 'error' | 'refusal'
      /** What it is told; absent: the usual words. */
      readonly message?: string
    }
  | { readonly type: 'restrict'; readonly only: readonly Constraint[] }

/** Who looks: at one text after the other, at once; or at all of them, which may take an answer from elsewhere. */
export type Watching =
  | { readonly looker: Looker; readonly check?: undefined }
  | { readonly check: Check; readonly looker?: undefined }

/** A rule of the file about what is said, with everything that it needs. */
export type Guardrail = Watching & {
  readonly name: string
  /** What it looks for, by the name of the kind. */
  readonly kind: string
  readonly phases: readonly GuardPhase[]
  readonly action: GuardAction
  /** True where it only says what it would do. */
  readonly isShadow: boolean
  /** How long it may look: at each million characters, or, of a check, altogether. */
  readonly budgetMs: number
  /** What follows where it cannot look, or not in time. */
  readonly onError: 'allow' | 'block'
  /** Where it holds, as the file says it: names, `*` at the end. Absent: everywhere. */
  readonly routes?: readonly string[] | undefined
  readonly projects?: readonly string[] | undefined
  readonly keys?: readonly string[] | undefined
}

/** The guardrails of a plan, in the order of the file. */
export interface GuardTerms {
  readonly all: readonly Guardrail[]
}

/** Of which request, and before whom. */
export interface Wishing extends GuardSubject {
  /** Where it is about what this one asks: wishes of those that judge beside it, or behind it, come too late for that. */
  readonly before?: Guardrail
}

/**
 * What guardrails want of targets that have found something in a request.
 *
 * @param flags the names of those that have; asked only where one of them could want something
 */
export function restrictionsOf(
  terms: GuardTerms | undefined,
  flags: () => readonly string[],
  subject: Wishing,
): readonly Constraint[] | undefined {
  if (terms === undefined) return undefined
  const restricting = guardrailsFor(terms, subject, 'input').filter(isRestricting).filter(inTimeFor(subject))
  if (restricting.length === 0) return undefined
  const found = new Set(flags())
  const only = restricting.flatMap(({ name, action }) =>
    action.type === 'restrict' && found.has(name) ? action.only : [],
  )
  return only.length === 0 ? undefined : only
}

function isRestricting({ action, isShadow }: Guardrail): boolean {
  return action.type === 'restrict' && !isShadow
}

/** Lookers look before any check asks; checks that restrict judge before those that only tell or block. */
function inTimeFor({ before }: Wishing): (guardrail: Guardrail) => boolean {
  if (before === undefined || !before.phases.includes('input')) return () => true
  const isLast = before.isShadow || before.action.type === 'flag' || before.action.type === 'block'
  return ({ check }) => check === undefined || isLast
}

/** How a guardrail masks. */
export interface Masking {
  readonly restore: boolean
  readonly as?: string
  readonly rememberMs?: number
}

/** How a guardrail masks. */
export function maskingOf({ action }: Guardrail): Masking {
  return action.type === 'mask' ? action : NOT_PUT_BACK
}

const NOT_PUT_BACK: Masking = { restore: false }

/** What a guardrail wants masked, for whoever makes placeholders. */
export function toMasked({ guardrail, name, value }: FoundText): MaskedValue {
  const { restore, as = name, rememberMs } = maskingOf(guardrail)
  return { value, detector: as, restore, guardrail: guardrail.name, ...defined({ rememberMs }) }
}

/** Something that a guardrail has found. */
export interface FoundText {
  readonly guardrail: Guardrail
  /** By what. */
  readonly name: string
  readonly value: string
}

/** The guardrails that hold for a request in a phase. */
export function guardrailsFor(
  { all }: GuardTerms,
  subject: GuardSubject,
  phase: GuardPhase,
): readonly Guardrail[] {
  return all.filter((guardrail) => guardrail.phases.includes(phase) && holdsFor(guardrail, subject))
}

function holdsFor({ routes, projects, keys }: Guardrail, { route, project, keyName }: GuardSubject): boolean {
  return isNamed(routes, route) && isNamed(projects, project ?? '') && isNamed(keys, keyName)
}

function isNamed(names: readonly string[] | undefined, name: string): boolean {
  if (names === undefined) return true
  return names.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name))
}
