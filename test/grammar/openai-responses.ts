import { parseJsonObject, readNumber, readObject, readObjects, readString } from '../../src/kit/json.ts'
import type { JsonObject } from '../../src/kit/json.ts'

interface OpenItem {
  readonly id: string
  /** Parts of its content or summary that were added and not done, by their place. */
  readonly parts: Set<string>
}

interface Progress {
  id: string | undefined
  sequence: number
  ended: boolean
  readonly open: Map<number, OpenItem>
  readonly done: Map<number, JsonObject>
  readonly complaints: string[]
}

/**
 * Checks a whole stream of Responses against what the official SDK and agents rely on: named frames, numbers without a gap, one id,
 * items that are added before anything is said of them and done under the same id, parts that are added before their text, and an
 * end that holds what the items said, with the details of usage. Gives complaints in plain words; none means legal. A stream that
 * fails ends with `response.failed`.
 */
export function checkResponsesStream(wire: string): readonly string[] {
  const progress: Progress = {
    id: undefined,
    sequence: 0,
    ended: false,
    open: new Map(),
    done: new Map(),
    complaints: [],
  }
  if (!wire.endsWith('\n\n')) progress.complaints.push('the last frame has no blank line')
  for (const frame of wire.split('\n\n').slice(0, -1)) checkFrame(progress, frame)
  if (!progress.ended) progress.complaints.push('the stream has no end')
  return progress.complaints
}

function checkFrame(progress: Progress, frame: string): void {
  const complain = (text: string): void => void progress.complaints.push(`${text}: ${frame.slice(0, 200)}`)
  const match = /^event: ([a-z_.]+)\ndata: ([^\n]*)$/.exec(frame)
  const event = parseJsonObject(match?.[2] ?? '')
  if (match === null || event === undefined) return complain('not a frame')
  const type = readString(event, 'type')
  if (type !== match[1]) complain('type differs from event')
  if (progress.ended) complain('behind the end')
  if (type === 'keepalive') return
  if (readNumber(event, 'sequence_number') !== progress.sequence) complain(`not number ${progress.sequence}`)
  progress.sequence += 1
  if (type === 'error') return
  const response = readObject(event, 'response')
  if (response !== undefined) return checkLifecycle(progress, response, complain)
  if (progress.id === undefined) complain('before response.created')
  checkItem(progress, { event, type: type ?? '' }, complain)
}

type Complain = (text: string) => void

function checkLifecycle(progress: Progress, response: JsonObject, complain: Complain): void {
  progress.id ??= readString(response, 'id')
  if (readString(response, 'id') !== progress.id) complain('the id changes')
  const status = readString(response, 'status')
  if (status === 'in_progress') return
  progress.ended = true
  if (status === 'failed') {
    if (readString(readObject(response, 'error') ?? {}, 'code') === undefined) complain('no code')
    return
  }
  if (progress.open.size > 0) complain('items are open at the end')
  const done = [...progress.done].sort(([one], [other]) => one - other).map(([, item]) => item)
  if (JSON.stringify(readObjects(response, 'output')) !== JSON.stringify(done)) complain('the output differs')
  checkUsage(readObject(response, 'usage'), complain)
}

function checkUsage(usage: JsonObject | undefined, complain: Complain): void {
  if (usage === undefined) return complain('no usage')
  for (const key of ['input_tokens', 'output_tokens', 'total_tokens'])
    if (readNumber(usage, key) === undefined) complain(`no ${key}`)
  const input = readObject(usage, 'input_tokens_details') ?? {}
  const output = readObject(usage, 'output_tokens_details') ?? {}
  if (readNumber(input, 'cached_tokens') === undefined) complain('no cached_tokens')
  if (readNumber(output, 'reasoning_tokens') === undefined) complain('no reasoning_tokens')
}

function checkItem(
  { open, done }: Progress,
  { event, type }: { readonly event: JsonObject; readonly type: string },
  complain: Complain,
): void {
  const place = readNumber(event, 'output_index') ?? -1
  const item = readObject(event, 'item')
  if (type === 'response.output_item.added') {
    if (open.has(place) || done.has(place)) complain('added twice')
    open.set(place, { id: readString(item ?? {}, 'id') ?? '', parts: new Set() })
    return
  }
  const known = open.get(place)
  if (known === undefined) return complain('of an item that is not open')
  if (known.id === '' || (readString(event, 'item_id') ?? readString(item ?? {}, 'id')) !== known.id)
    complain('the id of an item changes')
  if (type === 'response.output_item.done') {
    if (known.parts.size > 0) complain('parts are open at the end of their item')
    open.delete(place)
    done.set(place, item ?? {})
  } else checkPart(known, { event, type }, complain)
}

function checkPart(
  { parts }: OpenItem,
  { event, type }: { readonly event: JsonObject; readonly type: string },
  complain: Complain,
): void {
  const part = readNumber(event, 'content_index') ?? readNumber(event, 'summary_index')
  if (part === undefined) return
  const key = `${type.includes('summary')}${part}`
  if (type.endsWith('part.added')) parts.add(key)
  else if (!parts.has(key)) complain('of a part that was not added')
  else if (type.endsWith('part.done')) parts.delete(key)
}
