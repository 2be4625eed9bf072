import { sha256Hex } from '../kit/hash.ts'
import { LIMITS } from '../kit/limits.ts'

/** A request as it arrived, for tests that ask what really left the gateway. */
export interface RecordedRequest {
  /** As on the bill. */
  readonly ordinal: number
  readonly method: string
  /** Path with its query. */
  readonly path: string
  /** Names of all headers, lower case, sorted. */
  readonly headerNames: readonly string[]
  /** Values of all headers except those that carry credentials. */
  readonly headers: Readonly<Record<string, string>>
  readonly bodyBytes: number
  /** SHA-256 in hex. */
  readonly bodyHash: string
  /** Present when the provider was told to keep bodies and it is at most `LIMITS.simulatedBodyBytes`. */
  readonly body?: Uint8Array
}

/** The latest requests, oldest first; at most `LIMITS.simulatedRequests`. */
export interface RequestRecord {
  all(): readonly RecordedRequest[]
  /** The latest, or undefined. */
  last(): RecordedRequest | undefined
  /** Resolves with the next request that arrives from now on. */
  next(): Promise<RecordedRequest>
}

/** The side of the record that only the provider has. */
export interface OpenRequestRecord extends RequestRecord {
  add(ordinal: number, request: Request, body: Uint8Array): void
}

const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'api-key', 'cookie'])

/** Creates an empty record. */
export function createRequestRecord(keepBodies: boolean): OpenRequestRecord {
  const requests: RecordedRequest[] = []
  let coming = Promise.withResolvers<RecordedRequest>()
  return {
    all: () => [...requests],
    last: () => requests.at(-1),
    next: () => coming.promise,
    add(ordinal, request, body) {
      const url = new URL(request.url)
      const headers = [...request.headers]
      const recorded: RecordedRequest = {
        ordinal,
        method: request.method,
        path: url.pathname + url.search,
        headerNames: headers.map(([name]) => name).sort(),
        headers: Object.fromEntries(headers.filter(([name]) => !CREDENTIAL_HEADERS.has(name))),
        bodyBytes: body.length,
        bodyHash: sha256Hex(body),
        ...(keepBodies && body.length <= LIMITS.simulatedBodyBytes ? { body } : {}),
      }
      requests.push(recorded)
      if (requests.length > LIMITS.simulatedRequests) requests.shift()
      coming.resolve(recorded)
      coming = Promise.withResolvers()
    },
  }
}
