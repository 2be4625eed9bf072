import type { ContinueTerms } from '../../exchange/again.ts'
import type { ChatRequest, Turn } from '../../exchange/chat.ts'
import type { TextBlock } from '../../exchange/content.ts'
import type { Exchange } from '../../exchange/exchange.ts'

/** A request by which a model is asked to go on with an answer of another. */
export interface ContinuingRequest {
  /** With an instruction behind it, for targets that take no beginning of an answer. */
  readonly request: ChatRequest
  /** With the beginning of the answer as the last turn; absent where that is refused beside what is asked. */
  readonly prefilled?: ChatRequest
}

/** What is said to a model that would take the text for an answer of its own that is over. */
const INSTRUCTION =
  'Your last message was cut off by a technical fault. Go on exactly where it ends, in the same language and form: repeat nothing, do not begin anew, and do not mention this.'

/**
 * How an exchange may have its answer gone on with when that breaks off, as far as it is known before it is asked: its route says so, and it
 * asks for one streamed plain text, without tools or a form, which no provider keeps under an id. Undefined otherwise.
 */
export function continueTerms({
  request,
  requestOptions,
  route,
  held,
  state,
  asked,
}: Exchange): ContinueTerms | undefined {
  const terms = route?.again?.continues
  if (terms === undefined || request.operation !== 'chat') return undefined
  const isKept = held !== undefined || state?.store === 'asked' || asked !== undefined
  if (isKept || requestOptions.noFallback === true || !request.stream || !isPlain(request)) return undefined
  return terms
}

/** Is one plain text asked for, and not begun by the client? */
function isPlain({ tools = [], output, choices = 1, logprobs, turns }: ChatRequest): boolean {
  const isText = output === undefined || output.type === 'text'
  return (
    tools.length === 0 &&
    isText &&
    choices === 1 &&
    logprobs === undefined &&
    turns.at(-1)?.role !== 'assistant'
  )
}

/**
 * The request by which a model is asked to go on. Undefined where the answer has reached the limit that the client set.
 *
 * @param texts what was said so far
 * @param outputTokens what that has used of the limit
 */
export function continuingRequest(
  request: ChatRequest,
  texts: readonly TextBlock[],
  outputTokens: number,
): ContinuingRequest | undefined {
  const { turns, maxOutputTokens, reasoning } = request
  if (maxOutputTokens !== undefined && maxOutputTokens <= outputTokens) return undefined
  const answer: Turn = { role: 'assistant', blocks: texts }
  const instruction: Turn = { role: 'user', blocks: [{ type: 'text', text: INSTRUCTION }] }
  const asked: ChatRequest =
    maxOutputTokens === undefined ? request : { ...request, maxOutputTokens: maxOutputTokens - outputTokens }
  const instructed: ChatRequest = { ...asked, turns: [...turns, answer, instruction] }
  // A model that thinks first takes no beginning of what it says afterwards.
  if (reasoning !== undefined && reasoning.mode !== 'off' && reasoning.effort !== 'none')
    return { request: instructed }
  return { request: instructed, prefilled: { ...asked, turns: [...turns, answer] } }
}
