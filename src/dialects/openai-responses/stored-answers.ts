import type { StoredTexts } from '../../exchange/stored-texts.ts'
import type { Failure } from '../../exchange/failure.ts'
import { scanJson, type JsonScan } from '../../kit/json-scan.ts'
import { parseJsonObjectExactly, readObject, readString, type JsonObject } from '../../kit/json.ts'
import { createSseFramer } from '../../kit/sse.ts'
import type { StoredAnswers, StateFields } from '../dialect.ts'
import { errorObject } from '../error-object.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'

const PREVIOUS = 'previous_response_id'
const INPUT = 'input'
const encoder = new TextEncoder()

/** Reads what a request says of stored answers. The API stores where a client says nothing. */
function readState(body: JsonObject): StateFields {
  const previousId = FIELDS.text(body, PREVIOUS) ?? ''
  const store = FIELDS.flag(body, 'store')
  return {
    ...(previousId === '' ? {} : { previousId }),
    store: store === undefined ? 'usual' : store ? 'asked' : 'no',
  }
}

/** What is said of stored answers where none is asked for: tokens are only counted. */
export function readPrevious(body: JsonObject): StateFields {
  return { ...readState(body), store: 'no' }
}

/**
 * Answers of Responses that are stored (https://platform.openai.com/docs/guides/conversation-state): what was said before is the input
 * and the output of every answer until there; instructions and tools are those of the request alone.
 */
export const storedAnswers: StoredAnswers = {
  field: PREVIOUS,
  read: readState,
  inputOf: ({ bytes, scan }) => memberText(bytes, scan, INPUT) ?? '[]',
  resume: (body, before) => [
    { key: INPUT, value: joined([...before.flatMap(itemsOf), itemsIn(storedAnswers.inputOf(body))]) },
    { key: PREVIOUS, value: undefined },
  ],
  answerIn,
  broken: (answer, failure) => ({
    ...answer,
    status: 'failed',
    error: errorOf(failure),
    incomplete_details: null,
  }),
}

function errorOf(failure: Failure): JsonObject {
  const { code, message } = errorObject(failure, FAMILY)
  return { code: code ?? null, message: message ?? null }
}

/** What one answer adds to a conversation, as the inside of an array. */
function itemsOf({ input, answer }: StoredTexts): readonly string[] {
  const bytes = encoder.encode(answer)
  return [itemsIn(input), itemsIn(memberText(bytes, scanJson(bytes), 'output') ?? '[]')]
}

/** The items that an input stands for, as the inside of an array. A text is what the user says. */
function itemsIn(text: string): string {
  const value = text.trim()
  if (value.startsWith('[')) return value.slice(1, -1).trim()
  return value.startsWith('"') ? `{"type":"message","role":"user","content":${value}}` : ''
}

function joined(insides: readonly string[]): string {
  return `[${insides.filter((inside) => inside !== '').join(',')}]`
}

function memberText(bytes: Uint8Array, scan: JsonScan, key: string): string | undefined {
  const member = scan.find(key)
  return member === undefined
    ? undefined
    : Buffer.prototype.utf8Slice.call(bytes, member.valueStart, member.valueEnd)
}

/** A whole answer is one object; a stream ends with an event that holds it. */
function answerIn(bytes: Uint8Array): JsonObject | undefined {
  let last = parseJsonObjectExactly(new TextDecoder().decode(bytes))
  if (last === undefined)
    createSseFramer().push(bytes, ({ data }) => {
      const event = parseJsonObjectExactly(data) ?? {}
      if (ENDS.has(readString(event, 'type') ?? '')) last = readObject(event, 'response')
    })
  return last === undefined || readString(last, 'id') === undefined ? undefined : last
}

const ENDS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete'])
