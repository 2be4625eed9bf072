import type { Finish, FinishReason } from '../../exchange/chat-said.ts'
import { Failure } from '../../exchange/failure.ts'
import { defined } from '../../kit/defined.ts'
import { closeCall } from './decode-calls.ts'
import { endText } from './decode-delta.ts'
import {
  closeProse,
  emit,
  fail,
  isFinished,
  tellUsage,
  type ChoiceState,
  type ResponseState,
} from './response-state.ts'

/** The transport ended without the terminal marker: complete only if every choice has said how it finished. */
export function endOfStream(state: ResponseState): void {
  const { choices } = state
  if (state.chunks === 0) return fail(state, new Failure('empty-response'))
  if (choices.length > 0 && choices.every(isFinished)) return finishResponse(state)
  fail(state, new Failure('stream-truncated'))
}

/** The response is over: closes what is open, then tells finishes, usage and the end. */
export function finishResponse(state: ResponseState): void {
  const choices = state.choices.sort(byIndex)
  const saidNothing = !state.semantic && !choices.some(isFinished)
  if (saidNothing) return fail(state, new Failure('empty-response'))
  for (const choice of choices) {
    endText(state, choice)
    closeProse(state, choice)
    for (const call of choice.calls) closeCall(state, choice, call)
    if (choice.audioBlock !== undefined) {
      emit(state, { type: 'block-end', choice: choice.index, index: choice.audioBlock })
    }
    emit(state, finishOf(choice))
  }
  state.toldUsage = undefined
  tellUsage(state)
  emit(state, { type: 'end' })
  state.done = true
}

function byIndex(left: ChoiceState, right: ChoiceState): number {
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
function finishOf(choice: ChoiceState): Finish {
  const { finishWord: word = 'stop', nativeWord, stopSequence } = choice
  const named = REASONS.get(word)
  const raw = named === undefined ? word : nativeWord === word ? undefined : nativeWord
  const reason = reasonOf(named ?? 'stop', choice)
  const finish = { type: 'finish', choice: choice.index, reason } as const
  if (raw === undefined && stopSequence === undefined) return finish
  return { ...finish, ...defined({ rawReason: raw, stopSequence }) }
}

function reasonOf(named: FinishReason, choice: ChoiceState): FinishReason {
  if (named !== 'stop' && named !== 'tool-calls') return named
  if (choice.called) return 'tool-calls'
  if (choice.refused) return 'refusal'
  return choice.stopSequence === undefined ? 'stop' : 'stop-sequence'
}
