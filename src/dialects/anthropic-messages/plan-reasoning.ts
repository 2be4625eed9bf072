import type { ChatRequest, Effort, ReasoningWish, Turn } from '../../exchange/chat.ts'
import type { Block } from '../../exchange/content.ts'
import { unaskedOutput } from '../../exchange/target.ts'
import type { JsonObject } from '../../kit/json.ts'
import { isBlank } from '../blank-text.ts'
import type { RequestContext } from '../dialect.ts'
import { effortOf, effortToBudget, LEAST_BUDGET_TOKENS, nearestEffort } from '../reasoning-effort.ts'
import { FAMILY } from './schema.ts'

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
  const wish = chat.reasoning
  if (wish === undefined) return { maxTokens, active: false }
  const style = styleOf(wish, context)
  const off = effortOf(wish) === 'none'
  if (style === 'none') {
    if (!off) context.notice('param.dropped', 'reasoning')
    return { maxTokens, active: false }
  }
  if (off)
    return {
      maxTokens,
      thinking: { type: 'disabled' },
      active: false,
      ...effortBesidesOff(wish, style, context),
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
function styleOf(wish: ReasoningWish, { capabilities, quirks }: RequestContext): Style {
  if (quirks.reasoningParam === 'none') return 'none'
  if (quirks.reasoningParam === 'thinking-type') return 'toggle'
  const { reasoning } = capabilities
  if (reasoning === 'budget' || reasoning === 'none') return reasoning
  if (reasoning !== undefined) return 'adaptive'
  return wish.mode === 'on' && wish.budgetTokens !== undefined ? 'budget' : 'adaptive'
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
  if (block.type === 'reasoning') return block.seal?.family === FAMILY
  return block.type !== 'text' || !isBlank(block.text)
}

function resolveMaxTokens(chat: ChatRequest, { capabilities, notice }: RequestContext): number {
  const most = capabilities.maxOutputTokens
  const wanted = chat.maxOutputTokens
  if (wanted === undefined) {
    notice('max-tokens.defaulted', 'max_tokens')
    return unaskedOutput(capabilities)
  }
  if (most === undefined || wanted <= most) return wanted
  notice('max-tokens.clamped', 'max_tokens')
  return most
}

function planBudget(chat: ChatRequest, context: RequestContext, maxTokens: number): ReasoningPlan {
  const wish = chat.reasoning ?? {}
  const wanted = wish.budgetTokens ?? effortToBudget(wish.effort ?? 'medium', maxTokens)
  const roomy = chat.maxOutputTokens === undefined ? growLimit(wanted, maxTokens, context) : maxTokens
  const budget = Math.min(Math.max(wanted, LEAST_BUDGET_TOKENS), roomy - 1)
  if (budget < LEAST_BUDGET_TOKENS) {
    context.notice('reasoning.dropped', 'max_tokens')
    return { maxTokens: roomy, active: false }
  }
  if (wish.budgetTokens !== undefined && budget !== wish.budgetTokens) {
    context.notice('param.clamped', 'budget_tokens')
  }
  return {
    maxTokens: roomy,
    thinking: { type: 'enabled', budget_tokens: budget, ...displayOf(wish) },
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
  const wish = chat.reasoning ?? {}
  const effort = effortOf(wish)
  const named = effort === undefined ? {} : { effort: toWireEffort(effort, context) }
  // A client of this family who named an effort and said nothing of thinking gets what it said.
  if (chat.extra?.[FAMILY]?.['thinking'] === null) return { maxTokens, ...named, active: false }
  return { maxTokens, thinking: { type: 'adaptive', ...displayOf(wish) }, ...named, active: true }
}

function effortBesidesOff(wish: ReasoningWish, style: Style, context: RequestContext): { effort?: string } {
  if (style !== 'adaptive' || wish.effort === undefined || wish.effort === 'none') return {}
  return { effort: toWireEffort(wish.effort, context) }
}

function toWireEffort(effort: Effort, { capabilities, notice }: RequestContext): string {
  const known = nearestEffort(effort === 'minimal' ? 'low' : effort, capabilities.efforts)
  if (known !== effort && effort !== 'minimal') notice('param.clamped', 'effort')
  return known
}

function displayOf(wish: ReasoningWish): { display?: string } {
  if (wish.show === undefined) return {}
  return { display: wish.show === 'omitted' ? 'omitted' : 'summarized' }
}
