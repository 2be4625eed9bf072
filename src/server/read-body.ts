import { Failure } from '../exchange/failure.ts'
import { parseJson, isObject, type JsonObject } from '../kit/json.ts'
import { JsonScanError, scanJson, type JsonScan } from '../kit/json-scan.ts'
import { LIMITS } from '../kit/limits.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

export interface ReadBody {
  readonly bytes: Uint8Array
  readonly json: JsonObject
  readonly scan: JsonScan
}

/**
 * Reads a JSON body with every bound checked before the parser sees it.
 *
 * @throws Failure `body-too-large`, `invalid-json`, `client-gone`
 */
export async function readBody(request: Request): Promise<ReadBody> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > LIMITS.requestBodyBytes) throw tooLarge()
  const encoding = request.headers.get('content-encoding')
  if (encoding !== null && encoding !== 'identity') {
    throw new Failure('invalid-request', {
      message: 'Compressed request bodies are not taken. Send the body as it is.',
    })
  }
  let bytes: Uint8Array
  try {
    bytes = await request.bytes()
  } catch (error) {
    throw explainLoss(error)
  }
  if (bytes.length > LIMITS.requestBodyBytes) throw tooLarge()
  return parseBody(bytes)
}

/** The runtime gives up on a body that grows beyond its own limit, and on a client that leaves in the middle of it. */
function explainLoss(error: unknown): Failure {
  const isTooLarge = error instanceof Error && error.message.includes('maxRequestBodySize')
  return isTooLarge ? tooLarge() : new Failure('client-gone', { cause: error })
}

function tooLarge(): Failure {
  return new Failure('body-too-large', { facts: { limit_bytes: LIMITS.requestBodyBytes } })
}

function parseBody(bytes: Uint8Array): ReadBody {
  if (bytes.length === 0)
    throw new Failure('invalid-json', { message: 'The request body is empty. Send a JSON object.' })
  try {
    const scan = scanJson(bytes)
    const json = parseJson(decoder.decode(bytes))
    if (isObject(json)) return { bytes, json, scan }
  } catch (error) {
    throw new Failure('invalid-json', { message: explain(error), cause: error })
  }
  throw new Failure('invalid-json', { message: 'The request body must be a JSON object.' })
}

/** The scanner's reasons are ours to show; the parser's words could quote the body, so they stay in the log. */
function explain(error: unknown): string {
  if (error instanceof JsonScanError) return `The request body is not acceptable JSON: ${error.message}.`
  if (error instanceof TypeError) return 'The request body is not valid UTF-8.'
  return 'The request body is not valid JSON. Check quotes, commas and brackets.'
}
