import type { Exchange } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import type { RouteTarget } from '../../exchange/route.ts'
import type { StoredResponse } from '../../store/stored-responses.ts'
import type { Admission } from '../policy.ts'
import {
  CONVERSATION_BOUNDS,
  findHolder,
  fromStore,
  holderFirst,
  questionFor,
  type StoredAnswersParts,
} from './stored-answers.ts'

/**
 * Creates the admission that puts everything before a request in its place where it goes on from a stored answer, so that whoever
 * comes next (limits, budgets, any provider) has to do with the whole conversation. A provider that stores it as well is asked first,
 * and for no more than the client wrote.
 * Rejects with `previous-response-not-found`, `conversation-too-long`, `store-unavailable`, and where there is no memory for it.
 */
export function createResume(parts: StoredAnswersParts): Admission {
  return (exchange) => {
    const { state, trail } = exchange
    if (state === undefined) return exchange
    trail.isStored = state.store !== 'no' && parts.storing?.isPaused() === false
    const { previousId } = state
    return previousId === undefined ? exchange : resume(parts, exchange, previousId)
  }
}

async function resume(parts: StoredAnswersParts, exchange: Exchange, id: string): Promise<Exchange> {
  const before = await findConversation(parts, exchange, id)
  const request = (await exchange.state?.resume(before)) ?? exchange.request
  const holder = before.at(-1)?.holder
  const { route } = exchange
  const holding = route === undefined || holder === undefined ? undefined : findHolder(route, holder)
  exchange.trail.decide({ step: 'resume', answers: before.length, ...heldIn(holding) })
  if (holding === undefined || route === undefined || holder === undefined) return { ...exchange, request }
  return {
    ...exchange,
    request,
    route: holderFirst(route, holding),
    held: { ...holder, request: exchange.request, resumed: request },
  }
}

async function findConversation(
  parts: StoredAnswersParts,
  exchange: Exchange,
  id: string,
): Promise<readonly StoredResponse[]> {
  if (parts.storing === undefined) throw notFound(id)
  const question = questionFor(exchange, id, parts)
  const found = await fromStore(parts.responses.conversation(question, CONVERSATION_BOUNDS))
  if ('refused' in found)
    throw found.refused === 'missing' ? notFound(id) : new Failure('conversation-too-long')
  if (found.responses.some(({ dialect }) => dialect !== exchange.dialect)) throw notFound(id)
  return found.responses
}

/** The sentence by which clients recognise that they have to send the conversation themselves. */
function notFound(id: string): Failure {
  return new Failure('previous-response-not-found', {
    message: `Previous response with id '${id.slice(0, 200)}' not found.`,
    param: 'previous_response_id',
  })
}

function heldIn(holding: RouteTarget | undefined): { readonly holder?: string } {
  return holding === undefined ? {} : { holder: holding.target.id }
}
