import type { FinishReason } from '../../exchange/chat-content.ts'
import { Failure } from '../../exchange/failure.ts'
import { defined } from '../../kit/defined.ts'
import type { FinishFacts } from '../answer-reader.ts'
import type { ChatAnswer, ChatChoice } from './chat-answer.ts'
import { endCalls } from './decode-calls.ts'
import { endText } from './decode-delta.ts'

/** The answer is over: closes what is open, then tells finishes, usage and the end. */
export function finishResponse(answer: ChatAnswer): void {
  const choices = answer.choices.sort(byIndex)
  const saidNothing = !answer.hasSpoken && choices.every(({ isFinished }) => !isFinished)
  if (saidNothing) return answer.fail(new Failure('empty-response'))
  for (const choice of choices) {
    endText(answer, choice)
    answer.endProse(choice)
    endCalls(answer, choice)
    answer.finish(choice, whyOf(choice))
  }
  answer.reportedUsage = undefined
  answer.reportUsage()
  answer.end()
}

function byIndex(left: ChatChoice, right: ChatChoice): number {
  return left.index - right.index
}

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
  ['model_length', 'context-length'],
  ['max_tokens', 'length'],
])

/** The reason follows from the provider's word and from what was said: calls and refusals hide behind a plain stop. */
function whyOf(choice: ChatChoice): FinishFacts {
  const { finishWord: word = 'stop', nativeWord, stopSequence } = choice
  const named = REASONS.get(word)
  const rawReason = named === undefined ? word : nativeWord === word ? undefined : nativeWord
  const reason = reasonOf(named ?? 'stop', choice)
  if (rawReason === undefined && stopSequence === undefined) return { reason }
  return { reason, ...defined({ rawReason, stopSequence }) }
}

function reasonOf(named: FinishReason, choice: ChatChoice): FinishReason {
  if (named !== 'stop' && named !== 'tool-calls') return named
  if (choice.hasCalled) return 'tool-calls'
  if (choice.hasRefused) return 'refusal'
  return choice.stopSequence === undefined ? 'stop' : 'stop-sequence'
}
