import type { z } from 'zod'
import type { Evidence, Verdict, Verifier } from '../exchange/acceptance.ts'
import type { Block } from '../exchange/content.ts'
import type { JsonObject } from '../kit/json.ts'

/** What there is to say of a verifier without running it. */
interface Described {
  /** As the file and the decisions name it. */
  readonly name: string
  /** What it looks at, in words that read on from the name. */
  readonly summary: string
  /** Why it rejects, in the words of records and metrics, each with a sentence. */
  readonly reasons: Readonly<Record<string, string>>
}

interface Definition<Options extends JsonObject> extends Described {
  /** What the file may set, as a strict object. Every option has a default: the name alone is a whole verifier. */
  readonly options: z.ZodType<Options>
  readonly judgesBeginnings: boolean
  readonly judge: (evidence: Evidence, options: Options) => Verdict
}

/** A kind of verifier, as the list of all of them holds it. */
export interface VerifierKind extends Described {
  /** As a route holds it that sets no options. */
  readonly standard: Verifier
  /** Takes its options as the file has them; gives the verifier that a route holds. */
  readonly schema: z.ZodType<Verifier>
  readonly isAdjustable: boolean
}

/** Makes a kind of verifier of all that there is to say of it. */
export function defineVerifier<Options extends JsonObject>(definition: Definition<Options>): VerifierKind {
  const { name, summary, reasons, judgesBeginnings, judge } = definition
  const schema = definition.options.transform((options) => ({
    name,
    options,
    judgesBeginnings,
    judge: (evidence: Evidence) => judge(evidence, options),
  }))
  const isAdjustable = Object.keys(definition.options.parse({})).length > 0
  return { name, summary, reasons, standard: schema.parse({}), schema, isAdjustable }
}

export const PASS: Verdict = { says: 'pass' }
export const NOTHING: Verdict = { says: 'nothing' }

/** The verdict against an answer. */
export function reject(reason: string, detail?: string): Verdict {
  return detail === undefined ? { says: 'reject', reason } : { says: 'reject', reason, detail }
}

/** All that an answer says in words. */
export function textOf(blocks: readonly Block[]): string {
  let text = ''
  for (const block of blocks) if (block.type === 'text') text += block.text
  return text
}
