import { z } from 'zod'
import type { Acceptance } from '../../exchange/acceptance.ts'
import { defined } from '../../kit/defined.ts'
import { VERIFIERS } from '../../verifying/all.ts'
import type { VerifierKind } from '../../verifying/verifier.ts'
import { modelSchema } from './values.ts'

const SHARE = 'a number from 0 to 1'
/** What is wrong whatever was asked. */
const USUAL = ['empty', 'truncation', 'refusal', 'tool-arguments', 'schema', 'repetition']

const ONE = 'one verifier with its options'

const BY_NAME = new Map(VERIFIERS.map((kind) => [kind.name, kind]))

const namedSchema = z.enum([...BY_NAME.keys()]).transform((name, { addIssue }) => {
  const kind = BY_NAME.get(name)
  if (kind !== undefined) return kind.standard
  addIssue({ code: 'custom', message: ONE })
  return z.NEVER
})

function withOptions(kinds: readonly VerifierKind[]) {
  return z
    .strictObject(
      Object.fromEntries(
        kinds.map(({ name, schema, summary }) => [
          name,
          schema.optional().describe(`With options: ${summary}.`),
        ]),
      ),
    )
    .transform((map, { addIssue }) => {
      const [chosen, ...more] = Object.values(map).filter((verifier) => verifier !== undefined)
      if (chosen !== undefined && more.length === 0) return chosen
      addIssue({ code: 'custom', message: ONE })
      return z.NEVER
    })
}

const judgeSchema = z.strictObject({
  route: modelSchema.describe(
    'The route, alias or provider/model that is asked, as the caller, at the caller’s cost.',
  ),
  at_least: z
    .number({ error: SHARE })
    .min(0, { error: SHARE })
    .max(1, { error: SHARE })
    .default(0.5)
    .describe('The least score of an answer that passes.'),
})

/** What makes an answer good enough, and what becomes of one that is not. */
export const escalateSchema = z
  .strictObject({
    verify: z
      .array(
        z.union([
          namedSchema,
          withOptions(VERIFIERS.filter(({ isAdjustable, name }) => isAdjustable || name === 'schema')),
        ]),
      )
      .prefault(USUAL)
      .describe(
        `What is looked at: ${VERIFIERS.map(({ name, summary }) => `${name}: ${summary}`).join('; ')}.`,
      ),
    judge: judgeSchema
      .optional()
      .describe('A model that is asked about what passed all of these, unless the answer is shown already.'),
    guardrails: z
      .array(z.string({ error: 'names of guardrails' }))
      .min(1, { error: 'at least one name' })
      .max(100, { error: 'at most 100 names' })
      .optional()
      .describe(
        'Guardrails that look at answers: one in which they find something is not good enough. They are asked about what passed the verifiers, unless the answer is shown already.',
      ),
    stream: z
      .enum(['buffer', 'probe', 'none'])
      .default('buffer')
      .describe(
        'What streams wait for: buffer: for their end, and are then sent at full speed; probe: for the first 48 tokens or 0.8 s, of which the beginning is judged; none: for nothing, and what is found is only recorded. Answers in one piece are always judged whole.',
      ),
    refusals: z
      .enum(['stay', 'escalate'])
      .default('stay')
      .describe(
        'Whether an answer by which the provider says that the model declines is the answer, or the next target is asked.',
      ),
    otherwise: z
      .enum(['best', 'fail'])
      .default('best')
      .describe(
        'When no answer is good enough: the best of them with a notice, or the failure answer-rejected.',
      ),
  })
  .transform(({ verify, judge, guardrails, ...rest }): Acceptance => ({
    ...rest,
    ...defined({ guardrails }),
    verifiers: verify,
    ...(judge === undefined ? {} : { judge: { route: judge.route, atLeast: judge.at_least } }),
  }))
