import type { Json, JsonObject } from '../kit/json.ts'

/** The field of a request body in which a client speaks to the gateway itself, in every dialect. It goes no further. */
export const OPTIONS_FIELD = 'gatehouse'

/** A request that was read, with what its body asks of the gateway itself. */
export function withOptions<Request>(
  request: Request,
  body: JsonObject,
): { readonly request: Request; readonly requestOptions?: Json } {
  const requestOptions = body[OPTIONS_FIELD]
  return requestOptions === undefined ? { request } : { request, requestOptions }
}
