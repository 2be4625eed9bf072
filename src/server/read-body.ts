import { Failure } from '../exchange/failure.ts'
import type { Clock } from '../kit/clock.ts'
import type { Deadline, Deadlines } from '../kit/deadlines.ts'
import { isObject, parseJson, parseJsonExactly, type JsonObject } from '../kit/json.ts'
import { JsonScanError, scanJson, type JsonScan, type JsonScanReason } from '../kit/json-scan.ts'
import { LIMITS } from '../kit/limits.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

export interface ReadBody {
  readonly bytes: Uint8Array
  readonly json: JsonObject
  readonly scan: JsonScan
}

/** Of a key that is shown. */
const LONGEST_KEY = 100
/** What is left of the body would be taken for the next request of the connection. */
const CLOSE = { connection: 'close' }

/** The waits for bodies, so that a client that stops in the middle of one does not hold its connection for ever. */
export interface BodyWaits {
  readonly clock: Clock
  readonly deadlines: Deadlines
}

/**
 * Reads a JSON body with every bound checked before the parser sees it.
 *
 * @throws Failure `body-too-large`, `invalid-json`, `client-gone`, `client-too-slow`
 */
export async function readBody(request: Request, waits: BodyWaits): Promise<ReadBody> {
  const declared = request.headers.get('content-length')
  if (Number(declared ?? 0) > LIMITS.requestBodyBytes) throw tooLarge()
  const encoding = request.headers.get('content-encoding')
  if (encoding !== null && encoding !== 'identity') {
    throw new Failure('invalid-request', {
      message: 'Compressed request bodies are not taken. Send the body as it is.',
    })
  }
  const arriving = declared === null ? gather(request) : request.bytes()
  return parseBody(await inTime(arriving, waits))
}

/** Gives up on a body that takes too long, and on a client that leaves in the middle of it. */
function inTime(arriving: Promise<Uint8Array>, { clock, deadlines }: BodyWaits): Promise<Uint8Array> {
  // One promise and no race of several: every request waits here.
  return new Promise((resolve, reject) => {
    const deadline: Deadline = {
      dueMs: clock.elapsedMs() + LIMITS.requestBodyMs,
      expire: () => reject(new Failure('client-too-slow', { headers: CLOSE })),
    }
    deadlines.add(deadline)
    arriving.then(
      (bytes) => {
        deadlines.remove(deadline)
        resolve(bytes)
      },
      (error: unknown) => {
        deadlines.remove(deadline)
        reject(error instanceof Failure ? error : new Failure('client-gone', { cause: error }))
      },
    )
  })
}

/** A body that does not say its size is counted while it comes. */
async function gather({ body }: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > LIMITS.requestBodyBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(): Failure {
  return new Failure('body-too-large', { facts: { limit_bytes: LIMITS.requestBodyBytes }, headers: CLOSE })
}

function parseBody(bytes: Uint8Array): ReadBody {
  if (bytes.length === 0)
    throw new Failure('invalid-json', { message: 'The request body is empty. Send a JSON object.' })
  try {
    const scan = scanJson(bytes)
    const text = decoder.decode(bytes)
    const json = scan.hasLongNumbers ? parseJsonExactly(text) : parseJson(text)
    if (isObject(json)) return { bytes, json, scan }
  } catch (error) {
    throw new Failure('invalid-json', { message: explain(error), cause: error })
  }
  throw new Failure('invalid-json', { message: 'The request body must be a JSON object.' })
}

const NOT_VALID = 'The request body is not valid JSON. Check quotes, commas and brackets.'

const SCAN_TEXTS: Readonly<Record<JsonScanReason, (key: string) => string>> = {
  'too-deep': () => `The request body is nested deeper than ${LIMITS.jsonDepth} levels.`,
  'too-many-tokens': () =>
    `The request body holds more than ${LIMITS.jsonTokens} values, commas and brackets.`,
  'duplicate-key': (key) =>
    `The request body says '${key.slice(0, LONGEST_KEY)}' twice. Keep one of the two.`,
  'not-an-object': () => 'The request body must be a JSON object.',
  malformed: () => NOT_VALID,
}

/** The scanner's reasons are ours to show; the parser's words could quote the body, so they stay in the log. */
function explain(error: unknown): string {
  if (error instanceof JsonScanError) return SCAN_TEXTS[error.reason](error.key ?? '')
  if (error instanceof TypeError) return 'The request body is not valid UTF-8.'
  return NOT_VALID
}
