import { parseJsonObject, readNumber, readObject, readObjects, readString } from '../../src/kit/json.ts'
import type { JsonObject } from '../../src/kit/json.ts'

interface Choice {
  spoke: boolean
  finish: string | undefined
  /** Ids of tool calls by their index. */
  readonly calls: Map<number, string>
}

interface Progress {
  readonly ids: Set<string>
  readonly choices: Map<number, Choice>
  usages: number
  ended: boolean
  readonly complaints: string[]
}

/**
 * Checks a whole stream of Chat Completions against what the official SDK and agents rely on: JSON in every frame, one id,
 * the role first, calls that begin with id and name, one finish per choice with nothing of the choice behind it, usage
 * last and alone, `[DONE]` once at the very end. Gives complaints in plain words; none means legal. A stream that ends
 * with an error has no `[DONE]`.
 */
export function checkChatStream(wire: string): readonly string[] {
  const progress: Progress = { ids: new Set(), choices: new Map(), usages: 0, ended: false, complaints: [] }
  if (!wire.endsWith('\n\n')) progress.complaints.push('the last frame has no blank line')
  for (const frame of wire.split('\n\n').slice(0, -1)) checkFrame(progress, frame)
  if (!progress.ended) progress.complaints.push('the stream has no end')
  if (progress.ids.size > 1) progress.complaints.push('the id changes')
  return progress.complaints
}

function checkFrame(progress: Progress, frame: string): void {
  const complain = (text: string): void => void progress.complaints.push(`${text}: ${frame.slice(0, 200)}`)
  if (frame.startsWith(':')) return
  if (progress.ended) complain('behind the end')
  if (frame === 'data: [DONE]') {
    progress.ended = true
    for (const [index, { finish }] of progress.choices)
      if (finish === undefined) complain(`choice ${index} has not finished`)
    return
  }
  const chunk = parseJsonObject(/^data: ([^\n]*)$/.exec(frame)?.[1] ?? '')
  if (chunk === undefined) return complain('not a frame')
  if (readObject(chunk, 'error') !== undefined) {
    progress.ended = true
    return
  }
  checkChunk(progress, chunk, complain)
}

type Complain = (text: string) => void

function checkChunk(progress: Progress, chunk: JsonObject, complain: Complain): void {
  progress.ids.add(readString(chunk, 'id') ?? '')
  if (chunk['object'] !== 'chat.completion.chunk') complain('not a chunk')
  if (readNumber(chunk, 'created') === undefined || readString(chunk, 'model') === undefined)
    complain('no date or model')
  const choices = readObjects(chunk, 'choices')
  if (readObject(chunk, 'usage') !== undefined) {
    progress.usages += 1
    if (choices.length > 0 || progress.usages > 1) complain('usage is not alone')
  } else if (choices.length === 0) complain('neither choice nor usage')
  if (progress.usages > 0 && choices.length > 0) complain('a choice behind the usage')
  for (const choice of choices) checkChoice(progress, choice, complain)
}

function checkChoice({ choices }: Progress, choice: JsonObject, complain: Complain): void {
  const index = readNumber(choice, 'index') ?? -1
  const known = choices.get(index) ?? { spoke: false, finish: undefined, calls: new Map() }
  choices.set(index, known)
  const delta = readObject(choice, 'delta')
  if (delta === undefined) return complain('no delta')
  if (known.finish !== undefined) complain('behind the finish')
  if (!known.spoke && delta['role'] !== 'assistant') complain('no role at first')
  known.spoke = true
  for (const call of readObjects(delta, 'tool_calls')) checkCall(known, call, complain)
  known.finish = readString(choice, 'finish_reason')
}

function checkCall({ calls }: Choice, call: JsonObject, complain: Complain): void {
  const index = readNumber(call, 'index') ?? -1
  const id = readString(call, 'id')
  if (calls.has(index)) {
    if (id !== undefined && id !== calls.get(index)) complain('the id of a call changes')
    return
  }
  if (index !== calls.size) complain(`call ${index}, expected ${calls.size}`)
  if (id === undefined || id === '') complain('a call without an id')
  const held = readObject(call, 'function') ?? readObject(call, 'custom') ?? {}
  if (readString(held, 'name') === undefined) complain('a call without a name')
  calls.set(index, id ?? '')
}
