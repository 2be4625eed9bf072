import type { Clock } from '../kit/clock.ts'
import type { HttpClient } from '../kit/http-client.ts'
import type { serveHttp } from '../kit/http-server.ts'
import type { Random } from '../kit/random.ts'

/** What a house stands in. Whatever is absent is that of this machine. */
export interface World {
  readonly clock?: Clock
  readonly random?: Random
  /** The way out, to providers, channels and sinks. */
  readonly http?: HttpClient
  /** Where clients and operators come in. */
  readonly serve?: typeof serveHttp
  /** True where time passes at once: nobody else is there, and the store is filled before anybody serves from it. */
  readonly isPast?: true
}
