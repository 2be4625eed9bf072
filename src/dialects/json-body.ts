import { Failure } from '../exchange/failure.ts'
import type { JsonBody, WireBody } from '../exchange/wire-body.ts'
import type { JsonObject } from '../kit/json.ts'
import type { ClientBody } from './dialect.ts'

/** The object that a client's body is. Throws `Failure('invalid-json')` for other bodies. */
export function jsonIn(body: ClientBody): JsonObject {
  if (body.form === 'json') return body.json
  throw notJson()
}

/** A body that is passed on, as the JSON that it is. Throws `Failure('invalid-json')` for other bodies. */
export function jsonPassed(body: WireBody): JsonBody {
  if (body.form === 'json') return body
  throw notJson()
}

function notJson(): Failure {
  return new Failure('invalid-json', { message: 'The request body must be a JSON object.' })
}
