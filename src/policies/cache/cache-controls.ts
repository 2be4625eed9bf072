import type { CacheMode } from '../../exchange/cache.ts'
import type { Envelope } from '../../exchange/envelope.ts'

/** What the headers of a request want of the cache, beside the option. All of it takes away from what the route gives, and needs no permission. */
export interface CacheControls {
  readonly mode: CacheMode
  /** How old a kept answer may be. */
  readonly maxAgeMs: number
  /** How long the answer to it is kept at most. */
  readonly mostTtlMs: number
}

/** Headers of other gateways that say the same where they are `true`, in the order in which they hold. */
const SWITCHES: readonly (readonly [header: string, mode: CacheMode])[] = [
  // https://developers.cloudflare.com/ai-gateway/features/caching/
  ['cf-aig-skip-cache', 'off'],
  // https://portkey.ai/docs/product/ai-gateway/cache-simple-and-semantic
  ['x-portkey-cache-force-refresh', 'refresh'],
]
/** A header of another gateway that says for how many seconds an answer is kept; source as above. */
const TTL_HEADER = 'cf-aig-cache-ttl'

/** Reads them. What is no number is none that could be kept to: then no kept answer is young enough, and the answer is not kept. */
export function cacheControlsOf(envelope: Envelope): CacheControls {
  const control = directivesOf(envelope.header('cache-control'))
  const mostTtlMs = toMs(envelope.header(TTL_HEADER))
  const mode = mostTtlMs <= 0 ? 'off' : modeIn(control, envelope)
  return { mode, maxAgeMs: control.has('max-age') ? toMs(control.get('max-age') ?? '') : toMs(), mostTtlMs }
}

function modeIn(control: ReadonlyMap<string, string>, envelope: Envelope): CacheMode {
  if (control.has('no-store')) return 'off'
  for (const [header, mode] of SWITCHES)
    if (envelope.header(header)?.trim().toLowerCase() === 'true') return mode
  if (control.has('no-cache')) return 'refresh'
  return control.has('only-if-cached') ? 'only' : 'on'
}

const NO_DIRECTIVES: ReadonlyMap<string, string> = new Map()

/** The directives of `Cache-Control` (RFC 9111, 5.2.1), in lower case, with what they say. */
function directivesOf(header: string | undefined): ReadonlyMap<string, string> {
  if (header === undefined) return NO_DIRECTIVES
  const directives = new Map<string, string>()
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', value = ''] = part.split('=', 2).map((word) => word.trim())
    directives.set(name, value.replaceAll('"', ''))
  }
  return directives
}

/** Whole seconds as milliseconds; without limit where nothing is said, and 0 for what is no such number. */
function toMs(seconds?: string): number {
  if (seconds === undefined) return Number.POSITIVE_INFINITY
  return /^\d+$/.test(seconds) ? Number(seconds) * 1_000 : 0
}
