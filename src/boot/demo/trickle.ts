import type { AskByUrl } from '../../kit/in-process-server.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Random } from '../../kit/random.ts'
import type { Secret } from '../../kit/secret.ts'
import type { Story } from './story.ts'
import { traffic, type Ask } from './traffic.ts'
import { writeAsk } from './write-ask.ts'

const HOUR_MS = 3_600_000
/** Whatever the hour is, somebody asks now and then. */
const LONGEST_PAUSE_MS = 45_000
/** Who watches should see something happen, and the processor should not. */
const SHORTEST_PAUSE_MS = 4_000
/** Within a day everybody asks. */
const AHEAD_MS = 24 * HOUR_MS
const NEVER = new AbortController().signal

export interface TrickleNeeds {
  readonly story: Story
  /** Of the client API, on this machine. */
  readonly url: string
  readonly keyOf: (application: string) => Secret
  readonly fetch: AskByUrl
  readonly clock: Clock
  readonly random: Random
}

/** Has every application ask once, so that a gateway that has just started knows how its targets are. Resolves when all have their answers. */
export async function askOnce(needs: TrickleNeeds): Promise<void> {
  const { applications } = needs.story
  const asks = comingHours(needs)
  const firsts = applications.map((application) => asks.find((ask) => ask.application === application))
  await Promise.all(firsts.map((ask) => (ask === undefined ? Promise.resolve() : send(ask, needs, NEVER))))
}

/** Goes on asking, one request after the other, for as long as the demo workspace is served. */
export function openTrickle(needs: TrickleNeeds): { close(): Promise<void> } {
  const { clock, random } = needs
  const closing = new AbortController()
  let timer: Timer | undefined
  let asking: Promise<void> = Promise.resolve()
  let waiting: Ask[] = []
  const next = (): Ask | undefined => {
    if (waiting.length === 0) waiting = comingHours(needs)
    return waiting.shift()
  }
  const later = (): void => {
    const pauseMs = SHORTEST_PAUSE_MS + random.next() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS)
    timer = clock.after(pauseMs, () => {
      const ask = next()
      asking = ask === undefined ? Promise.resolve() : send(ask, needs, closing.signal)
      void asking.then(() => {
        if (!closing.signal.aborted) later()
      })
    })
  }
  later()
  return {
    async close() {
      closing.abort()
      timer?.cancel()
      await asking
    },
  }
}

function comingHours({ story, clock, random }: TrickleNeeds): Ask[] {
  const fromMs = clock.nowMs()
  return [...traffic(story, { fromMs, toMs: fromMs + AHEAD_MS }, random)]
}

async function send(ask: Ask, { url, keyOf, fetch }: TrickleNeeds, signal: AbortSignal): Promise<void> {
  try {
    const request = writeAsk(ask, { url, key: keyOf(ask.application.key) })
    const response = await fetch(new Request(request, { signal }))
    await response.arrayBuffer()
  } catch {
    // The gateway ends, or is too busy: somebody asks again soon.
  }
}
