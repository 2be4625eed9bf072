import type { Effort, ReasoningOptions } from '../exchange/chat.ts'
import type { Towards } from './towards.ts'

/** From least to most. */
const EFFORTS = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] as const satisfies readonly Effort[]

/** Least budget that a provider of budgets accepts (Anthropic: 1024). */
export const LEAST_BUDGET_TOKENS = 1_024

/** Share of the output limit that an effort may spend on reasoning. */
const SHARES = { low: 0.1, medium: 0.3, high: 0.6, xhigh: 0.9, max: 0.95 } as const

/** The text as an effort, or undefined when it is none. */
export function toEffort(text: string | undefined): Effort | undefined {
  return EFFORTS.find((effort) => effort === text)
}

/**
 * The reasoning budget in tokens for an effort, as a share of the output limit, at least 1024.
 * `none` gives 0: reasoning is to be turned off.
 *
 * @param maxOutputTokens output limit of the request, reasoning included
 */
export function effortToBudget(effort: Effort, maxOutputTokens: number): number {
  if (effort === 'none') return 0
  if (effort === 'minimal') return LEAST_BUDGET_TOKENS
  return Math.max(LEAST_BUDGET_TOKENS, Math.floor(maxOutputTokens * SHARES[effort]))
}

/** The effort that a reasoning budget in tokens amounts to; 0 is `none`. */
export function budgetToEffort(budgetTokens: number): Effort {
  if (budgetTokens <= 0) return 'none'
  if (budgetTokens <= 4_096) return 'low'
  if (budgetTokens <= 16_384) return 'medium'
  if (budgetTokens <= 49_152) return 'high'
  return 'xhigh'
}

/**
 * The effort that a reasoning wish amounts to for a target that is told by effort: the named effort, else the budget's,
 * else `none` when reasoning is turned off. Undefined when the wish leaves the amount to the model.
 */
export function effortOf(options: ReasoningOptions): Effort | undefined {
  if (options.mode === 'off') return 'none'
  if (options.effort !== undefined) return options.effort
  return options.budgetTokens === undefined ? undefined : budgetToEffort(options.budgetTokens)
}

/**
 * The effort by which a target is told a wish: the nearest that the model knows, with a notice where it is another one. Undefined
 * when the wish leaves the amount to the model.
 *
 * @param name what the field is called in notices
 */
export function toldEffort(
  options: ReasoningOptions,
  { capabilities, notice }: Pick<Towards, 'capabilities' | 'notice'>,
  name: string,
): Effort | undefined {
  const effort = effortOf(options)
  if (effort === undefined) return undefined
  if (options.effort === undefined && options.mode !== 'off')
    notice('param.renamed', 'reasoning.budget_tokens')
  const known = nearestEffort(effort, capabilities.efforts)
  if (known !== effort) notice('param.clamped', name)
  return known
}

/**
 * The effort that a model knows of: the wish itself, else the most of those below it, else the least. The same effort where
 * nothing is known.
 *
 * @param efforts those that the model knows, from least to most
 */
export function nearestEffort(options: Effort, efforts: readonly Effort[] | undefined): Effort {
  if (efforts === undefined) return options
  const rank = EFFORTS.indexOf(options)
  return efforts.findLast((effort) => EFFORTS.indexOf(effort) <= rank) ?? efforts[0] ?? options
}
