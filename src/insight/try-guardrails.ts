import {
  graverVerdict,
  type CreatePlaceholders,
  type FoundCounts,
  type GuardPhase,
  type GuardSubject,
  type GuardVerdict,
} from '../exchange/guard.ts'
import { Eye, hasLooker } from '../guardrails/eye.ts'
import {
  guardrailsFor,
  maskingOf,
  type GuardAction,
  type Guardrail,
  type GuardTerms,
} from '../guardrails/guardrail.ts'
import type { MaskedPlace } from '../guardrails/held-text.ts'
import { byPlace, type Found } from '../guardrails/looker.ts'
import { replaceFound } from '../guardrails/replace-found.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'

/** What one guardrail would say of a text. */
export interface TriedGuardrail {
  readonly guardrail: string
  readonly kind: string
  readonly action: GuardAction['type']
  readonly isShadow: boolean
  /** Absent: it asks a model or a server, and was not tried. */
  readonly verdict?: GuardVerdict
  /** Where it has found something, in order. Offsets in UTF-16 code units, end exclusive. */
  readonly found: readonly Found[]
  /** How often a check has found each thing, which it mostly cannot tell the place of. */
  readonly counts?: FoundCounts
  readonly spentMs: number
}

/** What would become of a text. */
export interface TriedText {
  /** In the order of the file. */
  readonly guardrails: readonly TriedGuardrail[]
  /** The gravest verdict of those that mean it. */
  readonly verdict: GuardVerdict
  /** The text as it would go on; as it is where it would be blocked. */
  readonly text: string
}

/** A text that is tried. */
export interface Trial {
  readonly text: string
  readonly phase: GuardPhase
  readonly subject: GuardSubject
}

/** What trying takes. */
export interface TrialParts {
  readonly elapsedMs: () => number
  readonly createPlaceholders: CreatePlaceholders
}

/** Says what guardrails would find in a text, and what would be done. Nobody is asked, nothing is kept or counted. */
export function tryText(
  terms: GuardTerms | undefined,
  { text, phase, subject }: Trial,
  { elapsedMs, createPlaceholders }: TrialParts,
): TriedText {
  const guardrails = terms === undefined ? [] : guardrailsFor(terms, subject, phase)
  const places: MaskedPlace[] = []
  const tried = guardrails.map((guardrail) => {
    if (!hasLooker(guardrail)) return { ...toTried(guardrail), found: [], spentMs: 0 }
    const eye = new Eye(guardrail, phase, { elapsedMs, onDefect() {} })
    const found = eye.look(text).toSorted(byPlace)
    eye.add(found)
    if (eye.masks) for (const one of found) places.push({ ...one, eye })
    eye.checkTime()
    const { verdict } = eye.finding()
    return { ...toTried(guardrail), verdict, found, spentMs: eye.spentMs }
  })
  const placeholders = createPlaceholders({ owners: {}, texts: () => [text] })
  const masked = replaceFound(text, places, ({ start, end, name, eye: { guardrail } }) =>
    placeholders.put({
      value: text.slice(start, end),
      detector: maskingOf(guardrail).as ?? name,
      restore: false,
    }),
  )
  return { guardrails: tried, verdict: gravestOf(tried), text: masked }
}

function toTried({ name, kind, action, isShadow }: Guardrail) {
  return { guardrail: name, kind, action: action.type, isShadow }
}

function gravestOf(tried: readonly TriedGuardrail[]): GuardVerdict {
  let gravest: GuardVerdict = 'passed'
  for (const { verdict, isShadow } of tried)
    if (verdict !== undefined && !isShadow) gravest = graverVerdict(gravest, verdict)
  return gravest
}

/** What would become of a text, as it is told. */
export function toTrialJson({ verdict, text, guardrails }: TriedText): JsonObject {
  return {
    verdict,
    text,
    guardrails: guardrails.map((one) => ({
      guardrail: one.guardrail,
      kind: one.kind,
      action: one.action,
      shadow: one.isShadow,
      verdict: one.verdict ?? null,
      found: one.found.map(({ name, start, end }) => ({ detector: name, start, end })),
      ...defined({ counts: one.counts }),
      spent_ms: one.spentMs,
    })),
  }
}
