import type { Dialect } from '../dialects/dialect.ts'
import { listEndpoints, type ListedEndpoint } from '../dialects/list-endpoints.ts'
import { Failure, toFailure } from '../exchange/failure.ts'
import { MODEL_OPERATIONS, type Operation } from '../exchange/operations/all.ts'
import type { Inbound } from '../gateway/gateway.ts'
import { nearestNames } from '../kit/nearest.ts'
import { hasParameters } from '../kit/path-pattern.ts'
import { createEndpoints, type Endpoints } from './endpoints.ts'
import { IncomingRequest } from './incoming-request.ts'
import { understand } from './open-request.ts'
import { readRequestOptions } from './read-options.ts'
import { createHeaderSorter } from './sort-headers.ts'
import { parseBody, withModel, type ParsedBody } from './parse-body.ts'

/** A request that somebody shows, and nobody sends. */
export interface Pasted {
  /** Its body, JSON. */
  readonly body: Uint8Array
  /** The name of its dialect; absent: the one that understands the most of it. */
  readonly dialect?: string
  /** What it asks for; absent: the first operation that its body can be a request for. */
  readonly operation?: Operation
  /** The model that it asks, in the place of the one that the body names. Some dialects name it nowhere but in the path. */
  readonly model?: string
  readonly headers: Headers
}

/** Stands where an address is needed; nobody is asked there. */
const NOWHERE = 'http://localhost'
const NO_PEER = { address: '' }
const PARAMETER = /\{\+?model\}/

/**
 * Reads a request as if a client had sent it: by the codecs of the dialects, with what its headers and its body ask of the gateway
 * itself. Throws `Failure` where no dialect, or not the one that is named, can read it.
 */
export function readPasted(pasted: Pasted, dialects: readonly Dialect[]): Inbound {
  const body = parseBody(pasted.body)
  const readers = endpointsFor(pasted, dialects)
  const [first] = readers
  if (first === undefined) throw noDialect(pasted, dialects)
  const endpoints = createEndpoints(dialects)
  const understood: Inbound[] = []
  const refusals: Failure[] = []
  for (const listed of readers) {
    try {
      understood.push(readAt(listed, body, { pasted, endpoints }))
    } catch (thrown) {
      refusals.push(toFailure(thrown))
    }
  }
  const [best] = understood.toSorted((left, right) => unknownIn(left) - unknownIn(right))
  if (best !== undefined) return best
  const [refusal = new Failure('unknown-path')] = refusals
  throw pasted.dialect === undefined ? fromNobody(refusal, first.dialect) : refusal
}

/** One endpoint for each operation of each dialect, those of chats first. */
function endpointsFor(
  { dialect: name, operation }: Pasted,
  dialects: readonly Dialect[],
): readonly ListedEndpoint[] {
  const spoken = dialects.filter((dialect) => name === undefined || dialect.name === name)
  const wanted = MODEL_OPERATIONS.filter((one) => operation === undefined || one === operation)
  return wanted.flatMap((one) =>
    spoken.flatMap(
      (dialect) => listEndpoints(dialect).find((at) => at.operation === one && at.method === 'POST') ?? [],
    ),
  )
}

interface Reading {
  readonly pasted: Pasted
  readonly endpoints: Endpoints
}

/** What a request says at an endpoint. Throws `Failure`. */
function readAt({ path }: ListedEndpoint, body: ParsedBody, { pasted, endpoints }: Reading): Inbound {
  const { model, headers } = pasted
  const isInPath = hasParameters(path)
  if (isInPath && model === undefined)
    throw new Failure('invalid-request', {
      param: 'model',
      message: `The model has to be named: it stands in the path (${path}).`,
    })
  const url = NOWHERE + path.replace(PARAMETER, encodeURIComponent(model ?? ''))
  const incoming = new IncomingRequest(new Request(url, { method: 'POST', headers }), NO_PEER, endpoints)
  const { match } = incoming
  if (match === undefined) throw new Failure('unknown-path')
  return understand({ match, incoming }, model === undefined || isInPath ? body : withModel(body, model))
}

/** How much of it only another dialect would understand. */
function unknownIn({ request: { extra = {} } }: Inbound): number {
  return Object.values(extra).reduce((sum, members) => sum + Object.keys(members ?? {}).length, 0)
}

function noDialect({ dialect, operation }: Pasted, dialects: readonly Dialect[]): Failure {
  const names = dialects.map(({ name }) => name)
  if (dialect !== undefined && names.includes(dialect))
    return new Failure('invalid-request', { message: `${dialect} cannot say ${operation ?? 'that'}.` })
  const nearest = nearestNames(dialect ?? '', names, 1)
  const hint = nearest.length === 0 ? `There are ${names.join(', ')}.` : `Did you mean ${nearest.join(', ')}?`
  return new Failure('invalid-request', { message: `There is no dialect ${dialect ?? ''}. ${hint}` })
}

function fromNobody({ message }: Failure, { name }: Dialect): Failure {
  return new Failure('invalid-request', {
    message: `No dialect understands the request. As ${name}: ${message} If it is another one, name it.`,
  })
}

/** Reads what headers say of a chat about nothing, asked of a model: for who has no request at hand. Throws `Failure` as `readPasted` does. */
export function readHeadOnly({
  model,
  dialect = '',
  headers,
}: Pick<Pasted, 'headers' | 'dialect'> & { readonly model: string }): Inbound {
  const { own } = createHeaderSorter([])(headers)
  return {
    dialect,
    request: { operation: 'chat', model, stream: false, turns: [], wantsUsage: false },
    envelope: {
      header: (name) => headers.get(name) ?? undefined,
      forwarded: {},
      address: '',
      path: '',
      hops: 0,
      traceparent: undefined,
    },
    requestOptions: readRequestOptions(own, undefined),
    signal: new AbortController().signal,
  }
}
