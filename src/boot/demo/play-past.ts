import { join } from 'node:path'
import { boot, type Gatehouse } from '../../boot.ts'
import { addToHistory, HISTORY_SETTING } from '../../drills/rehearse/history.ts'
import type { DrillReport } from '../../drills/rehearse/report.ts'
import { createInProcessServers, type AskByUrl } from '../../kit/in-process-server.ts'
import type { Random } from '../../kit/random.ts'
import { createSeededRandom } from '../../kit/random.ts'
import { createVirtualClock, type VirtualClock } from '../../kit/virtual-clock.ts'
import { openStore } from '../../store/open-store.ts'
import { runDrill } from '../rehearsal/run-drill.ts'
import { happenings, type Happening } from './happenings.ts'
import type { Story } from './story.ts'
import { traffic, type Ask } from './traffic.ts'
import { openWeather } from './weather.ts'
import { writeAsk, writeFeedback, type Front } from './write-ask.ts'

const DAY_MS = 86_400_000
const PATIENCE_MS = 1_800_000
/** Somebody reads the answer before there is a word about it. */
const READING_MS = 20_000
/** Nothing waits for more here. */
const QUIET_TURNS = 3
/** No answer takes longer. */
const AFTERWARDS_MS = 8_000
/** The house takes its time too: between two looks at the clock, so much. */
const LOOK_MS = 0.004
const LIKED = 0.86

export interface PastOptions {
  readonly story: Story
  readonly seed: number
  /** The present, in which the story ends. */
  readonly endMs: number
  readonly version: string
  readonly directory: string
  readonly configFile: string
  /** The key of an application. */
  readonly keyOf: (application: string) => Front['key']
}

/**
 * Plays the past of the demo workspace: the whole house over played providers, in a time of its own, asked and operated as the story has it. What
 * is in the data directory afterwards was written by the house and by nobody else. Rejects where the story has a mistake.
 */
export async function playPast(options: PastOptions): Promise<void> {
  const { story, endMs, seed, directory } = options
  const fromMs = endMs - story.days * DAY_MS
  const clock = createVirtualClock(fromMs, { quietTurns: QUIET_TURNS, lookMs: LOOK_MS })
  const servers = createInProcessServers()
  const random = createSeededRandom(seed)
  const weather = { story, clock, endMs, random: createSeededRandom(seed + 1) }
  const gatehouse = await boot({
    version: options.version,
    environment: {},
    directory,
    configFile: options.configFile,
    port: 0,
    adminPort: 0,
    detect: false,
    logLevel: 'error',
    writeLog() {},
    world: { clock, random, http: openWeather(weather), serve: servers.serve, isPast: true },
  })
  const reports: DrillReport[] = []
  const applications = { ...options, gatehouse, fetch: servers.fetch, clock, random }
  const asked = traffic(story, { fromMs, toMs: endMs }, createSeededRandom(seed + 2))
  const all = [
    ...asked.map((ask) => asking(ask, applications)),
    ...happenings({
      ...applications,
      runDrill: async (name) => void reports.push(await rehearse(name, gatehouse, clock)),
    }),
  ]
  for (const { atMs, isApart, run } of all.toSorted((one, other) => one.atMs - other.atMs)) {
    if (atMs < fromMs) continue
    await passTo(atMs, clock)
    await (isApart === true ? run() : clock.run(run(), PATIENCE_MS))
  }
  await passTo(endMs, clock)
  await gatehouse.close()
  await keepReports(reports, directory, clock)
}

/** What is asked behind a client's back ends in its own time; the rest of the time goes by at once. */
async function passTo(atMs: number, clock: VirtualClock): Promise<void> {
  const aheadMs = atMs - clock.nowMs()
  if (aheadMs <= 0) return
  const waitMs = Math.min(aheadMs, AFTERWARDS_MS)
  await clock.run(new Promise<void>((resolve) => clock.after(waitMs, resolve)), PATIENCE_MS)
  await clock.leap(atMs - clock.nowMs())
}

interface Applications extends PastOptions {
  readonly gatehouse: Gatehouse
  readonly fetch: AskByUrl
  readonly clock: VirtualClock
  readonly random: Random
}

function asking(ask: Ask, { gatehouse, fetch, keyOf, clock, random }: Applications): Happening {
  const front = { url: gatehouse.dataUrl, key: keyOf(ask.application.key) }
  return {
    atMs: ask.atMs,
    async run() {
      const response = await fetch(writeAsk(ask, front))
      await response.arrayBuffer()
      if (!response.ok || random.next() >= ask.application.feedback) return
      await new Promise<void>((resolve) => clock.after(READING_MS, resolve))
      const id = response.headers.get('x-request-id') ?? ''
      await (await fetch(writeFeedback(id, random.next() < LIKED, front))).arrayBuffer()
    },
  }
}

async function rehearse(name: string, { plan }: Gatehouse, clock: VirtualClock): Promise<DrillReport> {
  const drill = plan().drills?.get(name)
  if (drill === undefined) throw new RangeError(`there is no drill ${name} in the demo workspace`)
  return runDrill(drill, { plan: plan(), simulated: new Set(), mirror: async () => [], clock })
}

async function keepReports(
  reports: readonly DrillReport[],
  directory: string,
  clock: VirtualClock,
): Promise<void> {
  const store = await openStore({ url: `sqlite:${join(directory, 'gatehouse.db')}`, clock, isFilled: true })
  const kept = reports.reduce<string | undefined>(
    (history, report) => addToHistory(history, report),
    undefined,
  )
  if (kept !== undefined) await store.settings.set(HISTORY_SETTING, kept)
  await store.close()
}
