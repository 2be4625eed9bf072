import { boot, type BootOptions, type Gatehouse } from '../../boot.ts'
import { systemClock } from '../../kit/clock.ts'
import type { AskByUrl } from '../../kit/in-process-server.ts'
import { defined } from '../../kit/defined.ts'
import { createSeededRandom } from '../../kit/random.ts'
import type { Secret } from '../../kit/secret.ts'
import CONFIG from './gatehouse.yaml' with { type: 'text' }
import { firstText } from './happenings.ts'
import { playPast } from './play-past.ts'
import STORY from './story.yaml' with { type: 'text' }
import { readStory } from './story.ts'
import { askOnce, openTrickle } from './trickle.ts'
import { openWeather } from './weather.ts'
import { beginDemo, configFileIn, demoDirectory, endDemo, keyIn, readMark, removeDemo } from './workspace.ts'

/** The same story each time. */
const SEED = 20
/** A past that ended longer ago is played anew: what is looked at first is the last day. */
const FRESH_MS = 86_400_000

export interface DemoOptions extends Omit<
  BootOptions,
  'directory' | 'configFile' | 'environment' | 'detect' | 'demo'
> {
  /** Of the real workspace, beside which the demo's is made. */
  readonly dataDirectory: string
  /** Told before the past is played, which takes some seconds. */
  readonly onMaking: () => void
  /** How applications ask the gateway once it is there. */
  readonly fetch: AskByUrl
  /** Nobody goes on asking: for pictures that are to be the same each time. */
  readonly isStill?: true
  /** How long the past is; absent: as the story has it. */
  readonly days?: number
}

/** A gateway over the demo workspace. */
export interface DemoHouse {
  readonly gatehouse: Gatehouse
  /** Resolves when somebody wants the workspace removed; whoever serves closes it then, and calls `remove`. */
  readonly unwanted: Promise<void>
  /** Ends the traffic; then the gateway is closed as any other. */
  quiet(): Promise<void>
  /** Removes the workspace, once its gateway is closed. */
  remove(): void
}

/**
 * Opens a gateway over the demo workspace of a data directory, whose past is played first where there is none that is fresh. No provider is asked, then
 * or later. Rejects with DemoUnusable where something else lies in its place, and with what boot refuses.
 */
export async function openDemo(options: DemoOptions): Promise<DemoHouse> {
  const { dataDirectory, onMaking, fetch, isStill = false, days, ...rest } = options
  const directory = demoDirectory(dataDirectory)
  const { clock = systemClock } = options.world ?? {}
  const story = { ...readStory(STORY), ...defined({ days }) }
  const keyOf = (name: string): Secret => keyIn(directory, name)
  const mark = readMark(directory)
  const isFresh = mark?.version === options.version && clock.nowMs() - mark.madeAtMs < FRESH_MS
  const madeAtMs = isFresh ? mark.madeAtMs : clock.nowMs()
  const place = { directory, configFile: configFileIn(directory) }
  if (!isFresh) {
    onMaking()
    removeDemo(dataDirectory)
    beginDemo(directory, firstText(CONFIG, story))
    await playPast({ ...place, story, keyOf, seed: SEED, endMs: madeAtMs, version: options.version })
    endDemo(directory, { madeAtMs, version: options.version })
  }
  const unwanted = Promise.withResolvers<void>()
  const weather = { story, clock, endMs: madeAtMs, random: createSeededRandom(madeAtMs) }
  const gatehouse = await boot({
    ...rest,
    ...place,
    environment: {},
    detect: false,
    world: { ...options.world, http: openWeather(weather) },
    demo: { remove: unwanted.resolve },
  })
  const { dataUrl: url } = gatehouse
  const random = createSeededRandom(madeAtMs + 1)
  const asking = { story, keyOf, fetch, clock, url, random }
  if (isStill) await askOnce(asking)
  else void askOnce(asking)
  const trickle = isStill ? undefined : openTrickle(asking)
  return {
    gatehouse,
    unwanted: unwanted.promise,
    quiet: async () => trickle?.close(),
    remove: () => removeDemo(dataDirectory),
  }
}
