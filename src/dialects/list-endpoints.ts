import { OPERATION_NAMES, type Operation } from '../exchange/operations/all.ts'
import type { Codec, Dialect } from './dialect.ts'
import type { Endpoint } from './endpoint.ts'

/** An endpoint of a dialect, and who speaks there. */
export interface ListedEndpoint {
  readonly dialect: Dialect
  readonly operation: Operation
  readonly codec: Codec
  readonly endpoint: Endpoint
  readonly method: string
  /** A pattern; see `Endpoint`. */
  readonly path: string
}

/** Every endpoint of a dialect. */
export function listEndpoints(dialect: Dialect): readonly ListedEndpoint[] {
  const listed: ListedEndpoint[] = []
  for (const operation of OPERATION_NAMES) {
    const codec: Codec | undefined = dialect.codecs[operation]
    if (codec === undefined) continue
    for (const endpoint of codec.endpoints) {
      const at = endpoint.indexOf(' ')
      const [method, path] = [endpoint.slice(0, at), endpoint.slice(at + 1)]
      listed.push({ dialect, operation, codec, endpoint, method, path })
    }
  }
  return listed
}
