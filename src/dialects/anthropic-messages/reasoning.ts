import type { ReasoningOptions } from '../../exchange/chat.ts'
import { readObject, type JsonObject } from '../../kit/json.ts'
import type { Body } from '../fates.ts'
import { toEffort } from '../reasoning-effort.ts'
import { keepUnknown, unknownMembers } from '../unknown-members.ts'
import { FIELDS } from './vocabulary.ts'
import type { ToMessages } from './to-messages.ts'
import { defined } from '../../kit/defined.ts'

const MODES: ReadonlyMap<string, NonNullable<ReasoningOptions['mode']>> = new Map<
  string,
  NonNullable<ReasoningOptions['mode']>
>([
  ['enabled', 'on'],
  ['adaptive', 'adaptive'],
  ['disabled', 'off'],
])
const SHOWN: ReadonlyMap<string, NonNullable<ReasoningOptions['show']>> = new Map<
  string,
  NonNullable<ReasoningOptions['show']>
>([
  ['summarized', 'summary'],
  ['omitted', 'omitted'],
])

const FORMAT_FIELD: ReadonlySet<string> = new Set(['format'])
const CONFIG_FIELDS: ReadonlySet<string> = new Set(['effort', 'format'])
const BUDGET_FIELDS: ReadonlySet<string> = new Set(['type', 'budget_tokens'])
const THINKING_FIELDS: ReadonlySet<string> = new Set(['type', 'budget_tokens', 'display'])

/**
 * Reads `thinking` and `output_config.effort`. An effort without `thinking` says how hard to try, not to think; the
 * null kept for the family remembers that nothing was said, so that nothing is switched on towards the same family.
 */
export function readReasoning(body: JsonObject, rest: Body): ReasoningOptions | undefined {
  const thinking = FIELDS.object(body, 'thinking')
  const config = FIELDS.object(body, 'output_config')
  const effort = config === undefined ? undefined : toEffort(FIELDS.text(config, 'effort', 'output_config'))
  if (config !== undefined)
    keepUnknown(
      rest,
      'output_config',
      unknownMembers(config, effort === undefined ? FORMAT_FIELD : CONFIG_FIELDS),
    )
  if (thinking === undefined && effort === undefined) return undefined
  if (thinking === undefined) rest['thinking'] = null
  return {
    ...defined({ effort }),
    ...(thinking === undefined ? {} : readThinking(thinking, rest)),
  }
}

function readThinking(thinking: JsonObject, rest: Body): ReasoningOptions {
  const mode = MODES.get(FIELDS.text(thinking, 'type', 'thinking') ?? '')
  const budgetTokens = FIELDS.count(thinking, 'budget_tokens', 'thinking')
  const show = SHOWN.get(FIELDS.text(thinking, 'display', 'thinking') ?? '')
  // A kind of thinking that is not known here is kept whole; to other families it is reasoning that is on.
  if (mode === undefined) rest['thinking'] = thinking
  else
    keepUnknown(
      rest,
      'thinking',
      unknownMembers(thinking, show === undefined ? BUDGET_FIELDS : THINKING_FIELDS),
    )
  return {
    mode: mode ?? 'on',
    ...defined({ budgetTokens, show }),
  }
}

/** Writes `thinking` and `output_config.effort` as they were planned, with what only this family understands of them. */
export function writeReasoning({ plan: { thinking, effort } }: ToMessages, body: Body): void {
  body['thinking'] = thinking === undefined ? undefined : { ...thinking, ...readObject(body, 'thinking') }
  if (effort !== undefined) body['output_config'] = { ...readObject(body, 'output_config'), effort }
}
