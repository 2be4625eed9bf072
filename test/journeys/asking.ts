import { readDecision } from '../../src/exchange/decision-record.ts'
import { parseJsonObject, readObjects, type JsonObject } from '../../src/kit/json.ts'
import type { RequestRow } from '../../src/store/store.ts'
import type { ClientDialect, Mode } from '../modes.ts'
import { WIRES } from '../wire/all.ts'
import type { Said, WireFormat } from '../wire/wire-format.ts'

export interface Question {
  readonly dialect: ClientDialect
  readonly mode: Mode
  readonly model: string
  readonly key?: string
  readonly text?: string
  readonly maxTokens?: number
  /** Further members of the body. */
  readonly extra?: JsonObject
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** What a client got, in words that all dialects share. */
export interface Answer extends Told {
  readonly status: number
  readonly headers: Headers
  /** The body as it came. */
  readonly wire: string
}

interface Told {
  readonly text: string
  /** Why the answer ended, in the dialect's word. */
  readonly finish: string | undefined
  /** Was a good end told: a whole answer, or the last word of a stream? */
  readonly complete: boolean
  /** How many ends were told, good and bad. */
  readonly ends: number
  /** The `error` object, of a refusal or inside a stream. */
  readonly error: JsonObject | undefined
  /** All input and all output, as they were told last. */
  readonly usage: { readonly input: number; readonly output: number } | undefined
}

/** Sends a question and hands back the raw response. */
export function send(url: string, question: Question): Promise<Response> {
  const { dialect, key, signal, headers, text = 'Tell me a story.', maxTokens = 64, extra } = question
  const wire = WIRES[dialect]
  const asked = { ...question, text, maxTokens }
  return fetch(url + wire.path(asked), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: JSON.stringify({ ...wire.body(asked), ...extra }),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** Asks and reads the whole answer. */
export async function ask(url: string, question: Question): Promise<Answer> {
  return readAnswer(await send(url, question), question)
}

/** Reads a response to its end, in whichever form it came. */
export async function readAnswer(
  response: Response,
  { dialect }: Pick<Question, 'dialect'>,
): Promise<Answer> {
  const { status, headers } = response
  const wire = await response.text()
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true
  const said = isStream
    ? saidInStream(wire, WIRES[dialect])
    : [WIRES[dialect].readWhole(parseJsonObject(wire) ?? {})]
  return { status, headers, wire, ...told(said) }
}

/** What each frame of a stream says. */
export function saidInStream(wire: string, { lastWord, readFrame }: WireFormat): readonly Said[] {
  const said: Said[] = []
  for (const frame of wire.replaceAll(/\r\n?/g, '\n').split('\n\n')) {
    const data = frame
      .split('\n')
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trim())
      .join('\n')
    if (data === lastWord) said.push({ isEnd: true })
    const event = parseJsonObject(data)
    if (event !== undefined) said.push(readFrame(event))
  }
  return said
}

function told(said: readonly Said[]): Told {
  const last = <Name extends keyof Said>(name: Name): Said[Name] | undefined =>
    said.findLast((one) => one[name] !== undefined)?.[name]
  const [finish, error, input, output] = [last('finish'), last('error'), last('input'), last('output')]
  const ends = said.filter(({ isEnd }) => isEnd).length
  return {
    text: said.map(({ text }) => text ?? '').join(''),
    finish,
    complete: ends > 0 && error === undefined,
    ends,
    error,
    usage: input === undefined || output === undefined ? undefined : { input, output },
  }
}

/** The attempts that the decision of a request lists, in order. */
export function attemptsOf({ decision }: RequestRow): readonly JsonObject[] {
  return readObjects(readDecision(decision ?? '') ?? {}, 'steps').filter(({ step }) => step === 'attempt')
}
