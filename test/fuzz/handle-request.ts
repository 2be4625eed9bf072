import { DIALECTS } from '../../src/dialects/all.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import type { ListedEndpoint } from '../../src/dialects/list-endpoints.ts'
import { Failure } from '../../src/exchange/failure.ts'
import { featuresOf, type ModelRequest } from '../../src/exchange/operations/all.ts'
import { parseJsonObject, readObject, readString, type JsonObject } from '../../src/kit/json.ts'
import { parseBody, withModel, type ParsedBody } from '../../src/server/parse-body.ts'
import { ENDPOINTS, headFor, TARGET } from './every-codec.ts'

/** Where a body is sent. */
export const TAKING_BODIES = ENDPOINTS.filter(({ codec }) => codec.takesNoBody !== true)

/** What is understood of a body. */
export function understand(
  at: ListedEndpoint,
  text: string,
): { readonly body: ParsedBody; readonly request: ModelRequest } {
  const head = headFor(at)
  const parsed = parseBody(new TextEncoder().encode(text))
  const body = at.endpoint.includes('{+model}') ? withModel(parsed, 'm') : parsed
  return { body, request: at.codec.decodeRequest(body, head).request }
}

/** What is wrong with the way in which an act fails; undefined where it does not fail, or fails as it should. */
export function wrongIn(dialect: Dialect, act: () => void): string | undefined {
  try {
    act()
    return undefined
  } catch (thrown) {
    return thrown instanceof Failure ? wrongOf(thrown, dialect) : `thrown: ${String((thrown as Error).stack)}`
  }
}

function wrongOf(failure: Failure, dialect: Dialect): string | undefined {
  const { code, row, details } = failure
  if (row.source !== 'client' || row.status >= 500) return `the client is told ${code}: ${failure.message}`
  const { status, body } = dialect.encodeFailure(failure, { requestId: 'req_1', attempts: [] })
  if (status < 400 || status >= 500) return `status ${status}`
  const message = messageIn(parseJsonObject(textOf(body)) ?? {})
  if (message === undefined) return `no message: ${textOf(body)}`
  if (code === 'invalid-json') return undefined
  if (details.param === undefined) return `no field is named: ${message}`
  const name = /[^.[\]]+(?=[\][\d]*$)/.exec(details.param)?.[0] ?? details.param
  return message.includes(name) ? undefined : `'${details.param}' is not named: ${message}`
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body)
}

/** What a client reads of an error. */
function messageIn(body: JsonObject): string | undefined {
  return readString(readObject(body, 'error') ?? body, 'message')
}

/** All that the house does with a request before a byte leaves it: gives what is wrong with how it fails, if it does. */
export function handleRequest(at: ListedEndpoint, text: string): string | undefined {
  let understood: ReturnType<typeof understand> | undefined
  const wrong = wrongIn(at.dialect, () => {
    understood = understand(at, text)
  })
  if (understood === undefined) return wrong
  const { body, request } = understood
  const { dialect, operation, codec } = at
  return (
    wrongIn(dialect, () => checkFeatures(request)) ??
    wrongIn(dialect, () => void codec.passRequest?.(body, { ...TARGET, request })) ??
    DIALECTS.map((other) =>
      wrongIn(dialect, () => void other.codecs[operation]?.encodeRequest(request as never, TARGET)),
    ).find((found) => found !== undefined)
  )
}

function checkFeatures(request: ModelRequest): void {
  for (const [name, count] of Object.entries(featuresOf(request)))
    if (typeof count === 'number' && !(count >= 0)) throw new RangeError(`${name} is ${count}`)
}
