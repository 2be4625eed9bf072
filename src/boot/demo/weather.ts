import { DIALECTS } from '../../dialects/all.ts'
import { canPlay, understudyOf, type RehearsedCall } from '../../drills/rehearse/cast.ts'
import type { DrillFault, DrillFaultKind } from '../../exchange/drill.ts'
import type { Clock } from '../../kit/clock.ts'
import type { HttpClient, HttpRequest } from '../../kit/http-client.ts'
import type { Random } from '../../kit/random.ts'
import { openPlayedHttp } from '../rehearsal/played-http.ts'
import { isWeekend } from './weekend.ts'
import type { Story } from './story.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const BYTES_PER_TOKEN = 4
/** No provider caches a shorter prompt. */
const CACHED_FROM = 1_024
const LATE_FIRST_MS = 9_000
/** From here to a provider and back. */
const ON_THE_WAY_MS = 45
const RETRY_SECONDS = 6
const TERMS = {
  retry_after: RETRY_SECONDS,
  after_tokens: 20,
  delay: LATE_FIRST_MS,
  tokens_per_second: 4,
  usd: 0n,
}
const USUAL = { first: 600, speed: 80, tokens: 150, cached: 0, poor: 0 }
/** Few pauses: each of them takes its time when days are played in seconds. */
const BURST = 32
/** Times differ by about this much; the logarithm of one that is usual is 0. */
const SPREAD = 0.4

export interface WeatherNeeds {
  readonly story: Story
  readonly clock: Clock
  readonly random: Random
  /** The end of the story: its incidents were so long before. */
  readonly endMs: number
}

/** The way out of the demo workspace: all providers are played as the story has it, and whoever is told of alerts says thanks. */
export function openWeather(needs: WeatherNeeds): HttpClient {
  const { http } = openPlayedHttp({
    clock: needs.clock,
    dialects: DIALECTS,
    isGone: ({ provider }) => incidentAt(provider, needs)?.kind === 'outage',
    plays: (call, sent) => playedBy(call, sent, needs),
    elsewhere: () => new Response('ok'),
  })
  return {
    close: http.close,
    async send(request) {
      await new Promise<void>((resolve) => needs.clock.after(ON_THE_WAY_MS * spread(needs.random), resolve))
      return http.send(request)
    },
  }
}

function incidentAt(provider: string, { story, clock, endMs }: WeatherNeeds): DrillFault | undefined {
  const found = story.incidents.find((incident) => {
    const sinceMs = clock.nowMs() - beginOf(incident, endMs)
    return incident.provider === provider && sinceMs >= 0 && sinceMs < incident.hours * HOUR_MS
  })
  return found === undefined ? undefined : faultOf(found.kind)
}

/** When an incident began: on a working day, since nobody would notice it on another. */
function beginOf({ workday, at, hours }: Story['incidents'][number], endMs: number): number {
  let dayMs = endMs - (endMs % DAY_MS)
  if (dayMs + (at + hours) * HOUR_MS > endMs) dayMs -= DAY_MS
  for (let left = workday; left > 0 || isWeekend(dayMs); dayMs -= DAY_MS) if (!isWeekend(dayMs)) left -= 1
  return dayMs + at * HOUR_MS
}

const faultOf = (kind: DrillFaultKind): DrillFault => ({ kind, ...TERMS })

function playedBy(call: RehearsedCall, sent: HttpRequest | undefined, needs: WeatherNeeds): string {
  const { story, random } = needs
  const lot = random.next()
  const fault = incidentAt(call.provider, needs) ?? chance(lot, story)
  if (fault !== undefined && canPlay(fault, call.operation)) return understudyOf(call, fault)
  if (call.operation !== 'chat') return understudyOf(call, undefined)
  return spoken(story.models[call.model] ?? USUAL, sent, random)
}

function chance(lot: number, { refused, overloaded }: Story): DrillFault | undefined {
  if (lot < refused) return faultOf('429-storm')
  return lot < refused + overloaded ? faultOf('malformed') : undefined
}

function spoken(
  { first, speed, tokens, cached, poor }: Story['models'][string],
  sent: HttpRequest | undefined,
  random: Random,
): string {
  const sentTokens = typeof sent?.body === 'string' ? sent.body.length / BYTES_PER_TOKEN : 0
  const options = [
    `ttft=${Math.round(first * spread(random))}ms`,
    `burst=${BURST}`,
    `tps=${Math.round(speed * spread(random))}`,
    `cached=${sentTokens < CACHED_FROM ? 0 : Math.round(sentTokens * cached * random.next())}`,
  ]
  if (random.next() < poor) return `sloppy?how=prose&${options.join('&')}`
  return `smart?tokens=${Math.round(tokens * spread(random))}&${options.join('&')}`
}

/** About 1: as times and lengths are spread, with a long tail. */
function spread(random: Random): number {
  const even = random.next() + random.next() + random.next() + random.next() - 2
  return Math.exp(SPREAD * 1.7 * even)
}
