import type { ReasoningOptions } from '../../exchange/chat.ts'
import { isAbsent } from '../fields.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { Body } from '../fates.ts'
import { effortOf, toEffort, toldEffort } from '../reasoning-effort.ts'
import type { Towards } from '../towards.ts'
import { FIELDS } from './vocabulary.ts'

const NAME = 'reasoning_effort'

/** Reads `reasoning_effort`; a word that is not known is kept for the family. */
export function readReasoning(body: JsonObject, rest: Body): ReasoningOptions | undefined {
  const word = FIELDS.text(body, NAME)
  const effort = toEffort(word)
  if (effort !== undefined) return { effort }
  if (!isAbsent(word)) rest[NAME] = word
  return undefined
}

/** Tells how much a model is to reason, in the way that the provider knows. */
export function writeReasoning(options: ReasoningOptions, to: Towards, body: Body): void {
  const { quirks, capabilities, notice } = to
  const effort = effortOf(options)
  if (settleByTools(to, body)) {
    if (effort !== undefined && effort !== 'none') notice('param.dropped', NAME)
    return
  }
  noteUnsayable(options, to)
  const style = capabilities.reasoning === 'none' ? 'none' : (quirks.reasoningParam ?? NAME)
  if (style === NAME) writeEffort(options, to, body)
  else if (style === 'thinking-type') {
    if (effort !== undefined && effort !== 'none' && options.mode === undefined) notice('param.clamped', NAME)
    body['thinking'] = { type: effort === 'none' ? 'disabled' : 'enabled' }
  } else if (effort !== 'none') notice('param.dropped', NAME)
}

/** Names the effort that is nearest to the wish, of those that the model knows. */
function writeEffort(options: ReasoningOptions, to: Towards, body: Body): void {
  const effort = toldEffort(options, to, NAME)
  if (effort !== undefined) body[NAME] = effort
  else if (options.mode === 'on') to.notice('reasoning.adaptive', 'reasoning.mode')
}

/** Tells what has to be told where the client said nothing of reasoning. */
export function withoutReasoning(to: Towards, body: Body): void {
  settleByTools(to, body)
}

/** Some models take no effort by name beside tools, or tools only when they do not reason, which is told. True where that settles it. */
function settleByTools({ capabilities }: Towards, body: Body): boolean {
  const { effortBesideTools = 'any' } = capabilities
  if (effortBesideTools === 'any' || body['tools'] === undefined) return false
  if (effortBesideTools === 'none') body[NAME] = 'none'
  return true
}

/** A model is told how much to reason, not to decide by itself, and what it shows of that is not up to the client. */
function noteUnsayable({ mode, show }: ReasoningOptions, { notice }: Towards): void {
  if (show !== undefined) notice('param.dropped', 'reasoning.show')
  if (mode === 'adaptive') notice('reasoning.adaptive', 'reasoning.mode')
}
