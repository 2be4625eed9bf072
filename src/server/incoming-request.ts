import type { Envelope } from '../exchange/envelope.ts'
import { OWN_HEADERS } from '../exchange/own-headers.ts'
import type { Peer } from '../kit/http-server.ts'
import type { EndpointMatch, Endpoints } from './endpoints.ts'
import { readAddress, type Address } from './read-address.ts'
import type { SortedHeaders } from './sort-headers.ts'

const NOTHING: SortedHeaders = { forwarded: {}, own: {} }

/** A request as its head shows it; once it is let in, it is the envelope of the exchange. */
export class IncomingRequest implements Envelope {
  readonly request: Request
  readonly peer: Peer
  readonly destination: Address
  /** Where it leads; undefined where nothing is served by its path and method. */
  readonly match: EndpointMatch | undefined
  #sorted: SortedHeaders | undefined

  constructor(request: Request, peer: Peer, endpoints: Endpoints) {
    this.request = request
    this.peer = peer
    this.destination = readAddress(request.url)
    this.match = endpoints.find(this.destination.path, request.method)
  }

  header(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined
  }

  get forwarded(): SortedHeaders['forwarded'] {
    return this.sorted.forwarded
  }

  /** The headers that somebody has to do with. They are read through once. */
  get sorted(): SortedHeaders {
    return (this.#sorted ??= this.match?.sortHeaders(this.request.headers) ?? NOTHING)
  }

  get hops(): number {
    const said = this.sorted.own[OWN_HEADERS.hops]
    return said === undefined ? 0 : Math.trunc(Math.abs(Number(said))) || 0
  }

  get address(): string {
    return this.peer.address
  }

  get path(): string {
    return this.destination.path
  }

  get traceparent(): string | undefined {
    return this.header('traceparent')
  }
}
