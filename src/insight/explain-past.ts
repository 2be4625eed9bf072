import type { Caller } from '../exchange/caller.ts'
import { readDecision } from '../exchange/decision-record.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import { readObjects, readString, type JsonObject } from '../kit/json.ts'
import type { RequestRow } from '../store/store.ts'
import { createDecider } from './decide-again.ts'
import type { Explanation } from './explain.ts'
import { explanationJson } from './explanation-json.ts'
import { flipsOf, stepOf } from './flips.ts'
import { LogMeasures } from './log-measures.ts'
import { readPast } from './past-request.ts'

/** A request of the log, as it would be decided on under another plan. */
export interface PastExplanation {
  readonly explanation: Explanation
  /** The step that it took, and who came first. */
  readonly before: { readonly step?: string; readonly target?: string }
  /** The same of the decision now. */
  readonly after: { readonly step?: string; readonly target?: string }
  /** What the decision asks for and nobody has kept; it is taken for absent. */
  readonly unknown: readonly string[]
}

/** The plans, and who asks. */
export interface PastSides {
  readonly draft: Plan
  /** The plan of the file as it is now; absent: there is none. */
  readonly current?: Plan | undefined
  /** Who would ask under the draft by the key of a line. */
  readonly callerOf: (row: RequestRow) => Caller
}

/** Decides on a request of the log again; undefined where nobody was chosen for it, so that nothing is known of what it needs. */
export function explainPastUnder(
  row: RequestRow,
  { draft, current, callerOf }: PastSides,
): PastExplanation | undefined {
  const past = readPast(row, { current, callerOf, measures: new LogMeasures() })
  if (past === undefined) return undefined
  const { imagined, facts, first } = past
  const decide = createDecider(draft)
  const decided = decide(imagined)
  // Looking for what would flip it asks for more.
  const unknown = [...(facts.unknown ?? []), ...(past.unknown === undefined ? [] : [past.unknown])]
  const record = readDecision(row.decision ?? '') ?? {}
  return {
    explanation: {
      plan: draft,
      dialect: row.dialect,
      imagined,
      decided,
      flips: flipsOf({ plan: draft, decide, imagined, decided }),
    },
    before: defined({ step: pickedIn(record), target: first }),
    after: defined({ step: stepOf(decided), target: decided.candidates[0]?.target.id }),
    unknown,
  }
}

function pickedIn(record: JsonObject): string | undefined {
  const condition = readObjects(record, 'steps').find(({ step }) => step === 'condition')
  return condition && readString(condition, 'picked')
}

/** The same for machines: the explanation, with what was before. */
export function pastExplanationJson({ explanation, before, after, unknown }: PastExplanation): JsonObject {
  return {
    ...explanationJson(explanation),
    before: { ...before },
    same: before.target === after.target && before.step === after.step,
    unknown,
  }
}
