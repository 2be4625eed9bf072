import type { Effort, ReasoningOptions } from '../../exchange/chat.ts'
import { isObject, type Json, type JsonObject } from '../../kit/json.ts'
import type { Body } from '../fates.ts'
import { effortOf, nearestEffort, toEffort } from '../reasoning-effort.ts'
import { unknownMembers } from '../unknown-members.ts'
import { inCamel } from '../../kit/in-camel.ts'
import { FIELDS } from './vocabulary.ts'
import type { ToGemini } from './to-gemini.ts'

const KNOWN: ReadonlySet<string> = new Set(['includeThoughts', 'thinkingBudget', 'thinkingLevel'])

/** Leaves the amount to the model. */
const DYNAMIC = -1

/** Tokens for an effort, where a model is told a budget (https://ai.google.dev/gemini-api/docs/openai, reasoning effort). */
const BUDGETS: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 512,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
}

/** The levels, from least to most. */
const LEVELS: readonly Effort[] = ['minimal', 'low', 'medium', 'high']

/** Reads `thinkingConfig`: a budget, of which 0 is none and -1 the model's choice, or a level. Thoughts are shown when asked for. */
export function readReasoning(body: JsonObject, rest: Body): ReasoningOptions | undefined {
  const held = FIELDS.object(body, 'thinkingConfig')
  if (held === undefined) return undefined
  const config = inCamel(held)
  const further = unknownMembers(config, KNOWN)
  if (further !== undefined) rest['thinkingConfig'] = further
  const budget = FIELDS.number(config, 'thinkingBudget', 'thinkingConfig')
  const effort = toEffort(FIELDS.text(config, 'thinkingLevel', 'thinkingConfig')?.toLowerCase())
  const show = FIELDS.flag(config, 'includeThoughts', 'thinkingConfig') === true ? 'summary' : 'omitted'
  if (budget === undefined) return effort === undefined ? { show } : { mode: 'on', effort, show }
  if (budget === 0) return { mode: 'off' }
  return budget < 0 ? { mode: 'adaptive', show } : { mode: 'on', budgetTokens: budget, show }
}

/** Writes `thinkingConfig`. A model of which nothing is known is told a budget, which newer ones take as well. */
export function writeReasoning(options: ReasoningOptions, to: ToGemini, config: Body): void {
  const { capabilities, notice } = to
  if (capabilities.reasoning === 'none') {
    if (effortOf(options) !== 'none') notice('param.dropped', 'reasoning')
    return
  }
  const amount = capabilities.reasoning === 'effort' ? levelOf(options, to) : budgetOf(options)
  const shown = effortOf(options) === 'none' ? {} : { includeThoughts: options.show !== 'omitted' }
  const held = config['thinkingConfig']
  config['thinkingConfig'] = { ...(isObject(held) ? held : {}), ...amount, ...shown }
}

function budgetOf(options: ReasoningOptions): Readonly<Record<string, Json>> {
  const effort = effortOf(options)
  if (effort === 'none') return { thinkingBudget: 0 }
  if (options.budgetTokens !== undefined) return { thinkingBudget: options.budgetTokens }
  if (effort !== undefined) return { thinkingBudget: BUDGETS[effort] }
  return options.mode === undefined ? {} : { thinkingBudget: DYNAMIC }
}

/** Models that know levels cannot be kept from thinking altogether. */
function levelOf(
  options: ReasoningOptions,
  { capabilities, notice }: ToGemini,
): Readonly<Record<string, Json>> {
  const effort = effortOf(options)
  if (effort === undefined) return {}
  const known = nearestEffort(effort, capabilities.efforts ?? LEVELS)
  if (known !== effort) notice('param.clamped', 'effort')
  return { thinkingLevel: known.toUpperCase() }
}
