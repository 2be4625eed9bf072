import { Failure } from '../exchange/failure.ts'
import type { JsonBody, WireBody } from '../exchange/wire-body.ts'
import type { JsonObject } from '../kit/json.ts'
import type { Operation, RequestOf } from '../exchange/operations/all.ts'
import type { ClientBody, DecodedRequest } from './dialect.ts'
import { withOptions } from './options-field.ts'

/** The object that a client's body is. Throws `Failure('invalid-json')` for other bodies. */
export function jsonIn(body: ClientBody): JsonObject {
  if (body.form === 'json') return body.json
  throw notJson()
}

/** Reads a client's JSON body, with what it says to the gateway itself. Throws `Failure('invalid-json')` for other bodies. */
export function readJsonBody<O extends Operation>(
  body: ClientBody,
  read: (json: JsonObject) => RequestOf<O>,
): DecodedRequest<O> {
  const json = jsonIn(body)
  return withOptions(read(json), json)
}

/** A body that is passed on, as the JSON that it is. Throws `Failure('invalid-json')` for other bodies. */
export function jsonPassed(body: WireBody): JsonBody {
  if (body.form === 'json') return body
  throw notJson()
}

function notJson(): Failure {
  return new Failure('invalid-json', { message: 'The request body must be a JSON object.' })
}
