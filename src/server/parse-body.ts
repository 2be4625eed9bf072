import type { ClientBody } from '../dialects/dialect.ts'
import { Failure } from '../exchange/failure.ts'
import { isObject, parseJson, parseJsonExactly, type Json } from '../kit/json.ts'
import { scanJson, scanJsonInSteps, type JsonScan } from '../kit/json-scan.ts'
import { JsonScanError, type JsonScanReason } from '../kit/json-bounds.ts'
import { parseJsonInSteps } from '../kit/json-steps.ts'
import { tokensOf } from '../kit/json-tokens.ts'
import { spliceJson } from '../kit/json-splice.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Steps } from './large-turns.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** A doubled key is named in the error, cut to so many characters. */
const LONGEST_KEY = 100

/** A body that was understood as JSON. */
export type ParsedBody = Extract<ClientBody, { readonly form: 'json' }>

/**
 * Puts the model of a path into a body, so that it is read and passed on as if the client had written it there. Clients of such paths
 * set the deployment once and name in the body whatever they like, since the services that have them read the path alone. Throws
 * `Failure('invalid-json')`.
 */
export function withModel(body: ParsedBody, model: string): ParsedBody {
  if (body.json['model'] === model) return body
  return parseBody(spliceJson(body.bytes, [{ key: 'model', value: JSON.stringify(model) }], body.scan))
}

/** Reads a body as JSON, with every bound checked before the parser sees it. Throws `Failure('invalid-json')`. */
export function parseBody(bytes: Uint8Array): ParsedBody {
  try {
    const scan = scanJson(notEmpty(bytes))
    const text = decoder.decode(bytes)
    return understood(
      bytes,
      scan,
      saidOnce(scan, scan.hasLongNumbers ? parseJsonExactly(text) : parseJson(text)),
    )
  } catch (error) {
    throw notUnderstood(error)
  }
}

/** As `parseBody`, in steps of about the same length. Nothing else goes on during a step, but something may between two. */
export function* parseSteps(bytes: Uint8Array): Steps<ParsedBody> {
  try {
    const scan = yield* scanJsonInSteps(notEmpty(bytes), LIMITS.bodyPieceBytes)
    const options = { pieceBytes: LIMITS.bodyPieceBytes, exact: scan.hasLongNumbers }
    const json = yield* parseJsonInSteps(bytes, options)
    yield
    return understood(bytes, scan, saidOnce(scan, json))
  } catch (error) {
    throw notUnderstood(error)
  }
}

function notEmpty(bytes: Uint8Array): Uint8Array {
  if (bytes.length > 0) return bytes
  throw new Failure('invalid-json', { message: 'The request body is empty. Send a JSON object.' })
}

/**
 * Refuses what says a member twice below the root, as the scanner does at the root: parsers disagree on which one counts, so that what was
 * checked, and under which an answer is kept for others, could be another question than the one that a provider reads in the bytes.
 */
function saidOnce(scan: JsonScan, json: Json): Json {
  if (tokensOf(json) !== scan.tokens) throw new JsonScanError('duplicate-key')
  return json
}

function understood(bytes: Uint8Array, scan: JsonScan, json: Json): ParsedBody {
  if (isObject(json)) return { form: 'json', bytes, json, scan }
  throw new Failure('invalid-json', { message: 'The request body must be a JSON object.' })
}

function notUnderstood(error: unknown): Failure {
  if (error instanceof Failure) return error
  return new Failure('invalid-json', { message: explain(error), cause: error })
}

const NOT_VALID = 'The request body is not valid JSON. Check quotes, commas and brackets.'

const SCAN_TEXTS: Readonly<Record<JsonScanReason, (key: string) => string>> = {
  'too-deep': () => `The request body is nested deeper than ${LIMITS.jsonDepth} levels.`,
  'too-many-tokens': () =>
    `The request body holds more than ${LIMITS.jsonTokens} values, commas and brackets.`,
  'too-many-names': () =>
    `The members of the request body have more than ${LIMITS.jsonNames} different names.`,
  'duplicate-key': (key) =>
    key === ''
      ? 'The request body says a member twice in one of its objects. Keep one of the two.'
      : `The request body says '${key.slice(0, LONGEST_KEY)}' twice. Keep one of the two.`,
  'not-an-object': () => 'The request body must be a JSON object.',
  malformed: () => NOT_VALID,
}

/** The scanner's reasons are ours to show; the parser's words could quote the body, so they stay in the log. */
function explain(error: unknown): string {
  if (error instanceof JsonScanError) return SCAN_TEXTS[error.reason](error.key ?? '')
  if (error instanceof TypeError) return 'The request body is not valid UTF-8.'
  return NOT_VALID
}
