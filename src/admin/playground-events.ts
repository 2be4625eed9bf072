import { z } from 'zod'
import type { ResponseEvent } from '../exchange/event.ts'
import type { Block } from '../exchange/content.ts'
import type { Failure } from '../exchange/failure.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { sseEvent } from '../kit/sse.ts'
import { receiptAnswer } from './receipts-json.ts'
import { requestAnswer } from './requests.ts'
import { COUNTS_SHAPE, toCountsJson } from './units-json.ts'

const piece = z.object({ text: z.string() })

/** What the playground tells, by the name of the event. */
export const PLAYGROUND_EVENTS = {
  begun: z.object({ request_id: z.string() }).describe('The request is on its way.'),
  target: z.object({ target: z.string() }).describe('Who answers.'),
  text: piece.describe('A further piece of the answer.'),
  reasoning: piece.describe('A further piece of what the model thinks, where it shows that.'),
  refusal: piece.describe('A further piece of the words in which the model refuses.'),
  tool_call: z
    .object({ index: z.int(), id: z.string(), name: z.string() })
    .describe('The model calls a function; its arguments follow.'),
  arguments: z.object({ index: z.int(), text: z.string() }).describe('A further piece of the arguments.'),
  usage: z.object(COUNTS_SHAPE).describe('What is used so far; the last one counts.'),
  finish: z.object({ reason: z.string() }).describe('Why the answer ended.'),
  failure: z
    .object({ code: z.string(), message: z.string(), status: z.int() })
    .describe('Why there is no answer, or no more of it.'),
  over: z
    .object({
      request: requestAnswer.nullable().describe('Its line in the log; null where that was not kept.'),
      receipt: z.object(receiptAnswer).nullable(),
      decision: z.string().nullable().describe('Who was chosen and why, in a line.'),
      times: z.object({
        total_ms: z.number(),
        first_ms: z.number().optional().describe('Until the first piece of the answer.'),
        tokens_per_second: z
          .number()
          .optional()
          .describe('Output after the first piece; absent where it came at once.'),
      }),
    })
    .describe('All is known: the last event.'),
}

export type PlaygroundEvent = keyof typeof PLAYGROUND_EVENTS

/** An event as it is written. */
export function tellEvent(name: PlaygroundEvent, data: JsonObject): string {
  return sseEvent(name, JSON.stringify(data))
}

/** What is said of a failure. */
export function tellFailure({ code, message, status }: Failure): string {
  return tellEvent('failure', { code, message, status })
}

/** Something that was said of an answer, as it is told here; empty where it is nothing for people. */
export function tellSaid(event: ResponseEvent): string {
  switch (event.type) {
    case 'text-delta':
      return tellEvent('text', { text: event.text })
    case 'reasoning-delta':
      return tellEvent('reasoning', { text: event.text })
    case 'refusal-delta':
      return tellEvent('refusal', { text: event.text })
    case 'arguments-delta':
      return tellEvent('arguments', { index: event.index, text: event.text })
    case 'block-start':
      return tellBlock(event.block, event.index)
    case 'usage':
      return tellEvent('usage', toCountsJson(event.usage))
    case 'finish':
      return tellEvent('finish', defined({ reason: event.reason }))
    case 'failure':
      return tellFailure(event.failure)
    case 'start':
    case 'passed':
    case 'end':
    case 'block-end':
    case 'native-delta':
    case 'citation':
    case 'logprobs':
    case 'signature':
    // Said of nothing that is asked here.
    case 'vector':
    case 'rank':
    case 'verdict':
    case 'token-count':
    case 'recalled':
      return ''
  }
}

/** Of a block only a call says something before its first piece. */
function tellBlock(block: Block, index: number): string {
  return block.type === 'tool-call' ? tellEvent('tool_call', { index, id: block.id, name: block.name }) : ''
}
