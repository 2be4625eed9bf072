import { endsLikeObject, type SseFrame } from '../../kit/sse.ts'
import type { DecodeContext, ResponseTap } from '../dialect.ts'
import { FrameHeads } from '../frame-heads.ts'
import { hasEmptyText, Tap, type TapRules } from '../tap.ts'
import { ResponsesReader } from './decode-response.ts'

/** A piece of what is said. Those of refusals are read, because they decide how the answer ends. */
const PIECES = new FrameHeads([
  'response.output_text.delta',
  'response.function_call_arguments.delta',
  'response.reasoning_summary_text.delta',
  'response.reasoning_text.delta',
  'response.custom_tool_call_input.delta',
])

/** What says once more what pieces have said, and what agents wait by. */
const REPETITIONS = new FrameHeads([
  'response.output_text.done',
  'response.content_part.done',
  'response.function_call_arguments.done',
  'response.reasoning_summary_text.done',
  'response.reasoning_summary_part.done',
  'response.reasoning_text.done',
  'response.custom_tool_call_input.done',
  'keepalive',
])

const RULES: TapRules = {
  quick(frame: SseFrame) {
    if (!endsLikeObject(frame)) return undefined
    if (PIECES.has(frame)) return hasEmptyText(frame) ? undefined : 'content'
    return REPETITIONS.has(frame) ? 'keep-alive' : undefined
  },
  hides: () => false,
}

/** Creates the tap of the native lane: pieces behind the first content are recognised by how they begin. */
export function tapResponse(context: DecodeContext<'chat'>): ResponseTap<'chat'> {
  return new Tap(new ResponsesReader(context), RULES)
}
