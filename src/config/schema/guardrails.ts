import { z } from 'zod'
import { GUARD_PHASES, type GuardPhase } from '../../exchange/guard.ts'
import { GUARDRAIL_KINDS } from '../../guardrails/kinds/all.ts'
import type { KindSettings } from '../../guardrails/kinds/kind.ts'
import { onlySchema } from './only.ts'
import { parseDuration } from '../../kit/duration.ts'
import { LIMITS } from '../../kit/limits.ts'
import { flagSchema, textSchema, timeLimitSchema } from './values.ts'

const ACTIONS = ['block', 'mask', 'flag', 'restrict'] as const

const DETECTOR_MS = 50
const CHECK_MS = 2_000

const NAME = 'a name, or the beginning of one with * at its end'
const AS = 'up to 32 capital letters, digits and _, for example CUSTOMER'
const REMEMBER = 'a time from 1m to 400d, such as 12h or 30d'
const LEAST_REMEMBERED_MS = 60_000
const rememberSchema = z
  .string({ error: REMEMBER })
  .transform((text) => parseDuration(text) ?? 0)
  .refine((ms) => ms >= LEAST_REMEMBERED_MS && ms <= LIMITS.vaultRememberMs, { error: REMEMBER })
const namesSchema = z
  .array(z.string({ error: NAME }).regex(/^[^*\s]{0,200}\*?$/, { error: NAME }))
  .min(1, { error: 'at least one name' })
  .max(1_000, { error: 'at most 1000 names' })

const KIND_NAMES = GUARDRAIL_KINDS.map(({ name }) => name)
const ONE_KIND = `one of ${KIND_NAMES.join(', ')}`

const kindMembers: Readonly<Record<string, z.ZodType<KindSettings | undefined>>> = Object.fromEntries(
  GUARDRAIL_KINDS.map(({ name, summary, schema }) => [
    name,
    schema.optional().describe(`What it looks for: ${summary}.`),
  ]),
)

const ruleMembers = {
  action: z
    .enum(ACTIONS, { error: ACTIONS.join(', ') })
    .describe(
      'What is done where it finds something. block: the request is refused, or the answer is not given; mask: something else is put in the place of it; flag: it is told and counted; restrict: only some targets are asked (only).',
    ),
  answer: z
    .enum(['error', 'refusal'], { error: 'error or refusal' })
    .optional()
    .describe(
      'Beside block: what the client gets, an error (default) or a refusal as its models give them. What is no conversation is always an error.',
    ),
  message: textSchema.optional().describe('Beside block: what the client is told.'),
  restore: flagSchema
    .optional()
    .describe('Beside mask: whether what was masked in a request is put back in its answer. Default: true.'),
  as: z
    .string({ error: AS })
    .regex(/^[A-Z][A-Z0-9_]{0,31}$/, { error: AS })
    .optional()
    .describe(
      'Beside mask: how placeholders are called, for example CUSTOMER for <CUSTOMER_K3F9>. Default: as what was found.',
    ),
  remember: rememberSchema
    .optional()
    .describe(
      'Beside mask: how long it is remembered what was masked, sealed, after it was said last, for example 30d; at most 400d. Default: no longer than the request.',
    ),
  only: onlySchema
    .optional()
    .describe('Beside restrict: what every target must fulfil that is asked then, also when others fail.'),
  phases: z
    .array(z.enum(GUARD_PHASES, { error: GUARD_PHASES.join(' or ') }))
    .min(1, { error: 'at least one phase' })
    .max(GUARD_PHASES.length, { error: 'each phase once' })
    .optional()
    .describe(
      'Whether it looks at what is asked (input), at what is answered (output), or at both. Default: at what is asked for block and restrict, at both for mask and flag; as far as the kind can.',
    ),
  mode: z
    .enum(['enforce', 'shadow'], { error: 'enforce or shadow' })
    .default('enforce')
    .describe('shadow: nothing is done, and it is told and counted what would have been.'),
  budget: timeLimitSchema
    .optional()
    .describe(
      `How long it may look: at each million characters, or altogether where a model or a server is asked. Default: ${DETECTOR_MS}ms, and 2s for those; 10s for rubric, 30s for answer_schema with repair.`,
    ),
  on_error: z
    .enum(['allow', 'block'], { error: 'allow or block' })
    .optional()
    .describe(
      'What follows where it cannot look, or not in time: the request goes on, or it is refused. Default: block; beside flag, allow.',
    ),
  routes: namesSchema.optional().describe('Of which routes; default: of all.'),
  projects: namesSchema.optional().describe('Of which projects; default: of all.'),
  keys: namesSchema.optional().describe('Of which keys, by their names; default: of all.'),
}

/** Members that mean something beside one action only. */
const BESIDE = {
  answer: 'block',
  message: 'block',
  restore: 'mask',
  as: 'mask',
  remember: 'mask',
  only: 'restrict',
} as const

const saidSchema = z.strictObject({ ...kindMembers, ...ruleMembers })

type Said = z.output<typeof saidSchema>

/** Something that is looked for in what is said, and what is done then. */
export const guardrailSchema = saidSchema.transform((said, { addIssue }) => {
  const [watches, ...more] = Object.values<unknown>(said).filter(isKind)
  for (const { kind } of more)
    addIssue({
      code: 'custom',
      path: [kind],
      message: `nothing here: a guardrail looks for one kind of thing`,
    })
  for (const { member, message } of [...mistakesIn(said), ...mistakesBeside(watches, said)])
    addIssue({ code: 'custom', path: [member], message })
  if (watches !== undefined && more.length === 0) return withDefaults(said, watches)
  if (watches === undefined) addIssue({ code: 'custom', message: ONE_KIND })
  return z.NEVER
})

export type GuardrailConfig = z.output<typeof guardrailSchema>

function isKind(member: unknown): member is KindSettings {
  return typeof member === 'object' && member !== null && 'compile' in member
}

interface Mistake {
  readonly member: string
  readonly message: string
}

function mistakesIn(said: Said): readonly Mistake[] {
  const { action, only, phases } = said
  const mistakes: Mistake[] = []
  let member: keyof typeof BESIDE
  for (member in BESIDE)
    if (said[member] !== undefined && action !== BESIDE[member])
      mistakes.push({ member, message: `nothing here: it belongs to the action ${BESIDE[member]}` })
  if (action !== 'restrict') return mistakes
  if (only === undefined)
    mistakes.push({ member: 'only', message: 'what targets must fulfil, for the action restrict' })
  if (phases?.includes('output') === true)
    mistakes.push({
      member: 'phases',
      message: '[input]: when there is an answer, somebody was asked already',
    })
  return mistakes
}

/** What the kind cannot do, where that is said. */
function mistakesBeside(watches: KindSettings | undefined, { action, phases }: Said): readonly Mistake[] {
  if (watches === undefined) return []
  const { actions, kind } = watches
  const mistakes: Mistake[] = []
  if (actions?.includes(action) === false)
    mistakes.push({ member: 'action', message: `${actions.join(', ')}: ${kind} can do nothing else` })
  if (phases?.some((phase) => !watches.phases.includes(phase)) === true)
    mistakes.push({ member: 'phases', message: `[${watches.phases.join()}]: ${kind} looks at nothing else` })
  return mistakes
}

function withDefaults(said: Said, { said: options, ...watches }: KindSettings) {
  const { action, phases, budget, on_error: onError, ...rest } = said
  return {
    ...rest,
    // In its own place, so that a change is found and told where it was written.
    [watches.kind]: options,
    action,
    watches,
    onError: onError ?? (action === 'flag' ? 'allow' : 'block'),
    phases: phases ?? usualPhases(action, watches),
    budget: budget ?? watches.usualMs ?? (watches.isCheck ? CHECK_MS : DETECTOR_MS),
  }
}

function usualPhases(
  action: Said['action'],
  { phases }: Pick<KindSettings, 'phases'>,
): readonly GuardPhase[] {
  return phases.includes('input') && (action === 'block' || action === 'restrict') ? ['input'] : phases
}
