import type { ChatRequest, Effort, ReasoningOptions, Turn } from '../../exchange/chat.ts'
import type { Block } from '../../exchange/content.ts'
import { unaskedOutput } from '../../exchange/target.ts'
import type { JsonObject } from '../../kit/json.ts'
import { isBlank } from '../blank-text.ts'
import type { RequestContext } from '../dialect.ts'
import { effortOf, effortToBudget, LEAST_BUDGET_TOKENS, nearestEffort } from '../reasoning-effort.ts'
import { FAMILY } from './vocabulary.ts'

/** What becomes of the output limit and the wish to reason, which depend on each other. */
export interface ReasoningPlan {
  readonly maxTokens: number
  /** Value of `thinking`. */
  readonly thinking?: JsonObject
  /** Value of `output_config.effort`. */
  readonly effort?: string
  /** True when the model is asked to think: sampling is then its own affair and tools cannot be forced. */
  readonly active: boolean
}

/**
 * Solves for `max_tokens` and `thinking`: a budget is at least 1024 and below `max_tokens`. When the client set no limit,
 * the limit grows; when it did, the budget shrinks, and what cannot be is left out with a notice.
 */
export function planReasoning(chat: ChatRequest, context: RequestContext): ReasoningPlan {
  const maxTokens = resolveMaxTokens(chat, context)
  const options = chat.reasoning
  if (options === undefined) return { maxTokens, active: false }
  const style = styleOf(options, context)
  const off = effortOf(options) === 'none'
  if (style === 'none') {
    if (!off) context.notice('param.dropped', 'reasoning')
    return { maxTokens, active: false }
  }
  if (off)
    return {
      maxTokens,
      thinking: { type: 'disabled' },
      active: false,
      ...effortBesidesOff(options, style, context),
    }
  if (style === 'toggle') return { maxTokens, thinking: { type: 'enabled' }, active: true }
  if (style === 'budget' && isMidAnswer(chat.turns)) {
    context.notice('reasoning.dropped', 'messages')
    return { maxTokens, active: false }
  }
  if (style === 'budget') return planBudget(chat, context, maxTokens)
  return planAdaptive(chat, context, maxTokens)
}

type Style = 'adaptive' | 'budget' | 'toggle' | 'none'

/** How the model is told. Where nothing is known of it, the newest way, unless the client itself named a budget. */
function styleOf(options: ReasoningOptions, { capabilities, quirks }: RequestContext): Style {
  if (quirks.reasoningParam === 'none') return 'none'
  if (quirks.reasoningParam === 'thinking-type') return 'toggle'
  const { reasoning } = capabilities
  if (reasoning === 'budget' || reasoning === 'none') return reasoning
  if (reasoning !== undefined) return 'adaptive'
  return options.mode === 'on' && options.budgetTokens !== undefined ? 'budget' : 'adaptive'
}

/**
 * Is this the middle of an answer that began without thinking of this family? An answer goes on through the results of its
 * tools, and the API wants it to begin with thinking where thinking has a budget.
 */
function isMidAnswer(turns: readonly Turn[]): boolean {
  const spoke = turns.findLastIndex(({ role }) => role === 'assistant')
  if (!turns.slice(spoke + 1).some(holdsResult)) return false
  const asked = turns.findLastIndex(
    (turn, index) => index < spoke && turn.role === 'user' && !holdsResult(turn),
  )
  const answer = turns.slice(asked + 1, spoke + 1).filter(({ role }) => role === 'assistant')
  const [first] = answer.flatMap(({ blocks }) => blocks.filter(isTold))
  return first !== undefined && first.type !== 'reasoning'
}

function holdsResult({ blocks }: Turn): boolean {
  return blocks.some(({ type }) => type === 'tool-result')
}

/** Will the block be sent? Blank text is not, nor reasoning of another maker. */
function isTold(block: Block): boolean {
  if (block.type === 'reasoning') return block.signature?.family === FAMILY
  return block.type !== 'text' || !isBlank(block.text)
}

function resolveMaxTokens(
  { maxOutputTokens: wanted }: ChatRequest,
  { capabilities }: RequestContext,
): number {
  if (wanted === undefined) return unaskedOutput(capabilities)
  return Math.min(wanted, capabilities.maxOutputTokens ?? wanted)
}

function planBudget(chat: ChatRequest, context: RequestContext, maxTokens: number): ReasoningPlan {
  const options = chat.reasoning ?? {}
  const wanted = options.budgetTokens ?? effortToBudget(options.effort ?? 'medium', maxTokens)
  const roomy = chat.maxOutputTokens === undefined ? growLimit(wanted, maxTokens, context) : maxTokens
  const budget = Math.min(Math.max(wanted, LEAST_BUDGET_TOKENS), roomy - 1)
  if (budget < LEAST_BUDGET_TOKENS) {
    context.notice('reasoning.dropped', 'max_tokens')
    return { maxTokens: roomy, active: false }
  }
  if (options.budgetTokens !== undefined && budget !== options.budgetTokens) {
    context.notice('param.clamped', 'budget_tokens')
  }
  return {
    maxTokens: roomy,
    thinking: { type: 'enabled', budget_tokens: budget, ...displayOf(options) },
    active: true,
  }
}

/** Room for the answer beside the budget, as far as the model goes. */
function growLimit(budget: number, maxTokens: number, { capabilities }: RequestContext): number {
  if (budget < maxTokens) return maxTokens
  const wanted = budget + unaskedOutput(capabilities)
  return Math.min(wanted, capabilities.maxOutputTokens ?? wanted)
}

function planAdaptive(chat: ChatRequest, context: RequestContext, maxTokens: number): ReasoningPlan {
  const options = chat.reasoning ?? {}
  const effort = effortOf(options)
  const named = effort === undefined ? {} : { effort: toWireEffort(effort, context) }
  // A client of this family who named an effort and said nothing of thinking gets what it said.
  if (chat.extra?.[FAMILY]?.['thinking'] === null) return { maxTokens, ...named, active: false }
  return { maxTokens, thinking: { type: 'adaptive', ...displayOf(options) }, ...named, active: true }
}

function effortBesidesOff(
  options: ReasoningOptions,
  style: Style,
  context: RequestContext,
): { effort?: string } {
  if (style !== 'adaptive' || options.effort === undefined || options.effort === 'none') return {}
  return { effort: toWireEffort(options.effort, context) }
}

function toWireEffort(effort: Effort, { capabilities, notice }: RequestContext): string {
  const known = nearestEffort(effort === 'minimal' ? 'low' : effort, capabilities.efforts)
  if (known !== effort && effort !== 'minimal') notice('param.clamped', 'effort')
  return known
}

function displayOf(options: ReasoningOptions): { display?: string } {
  if (options.show === undefined) return {}
  return { display: options.show === 'omitted' ? 'omitted' : 'summarized' }
}
