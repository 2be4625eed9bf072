import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NO_LETTERS } from '../guardrails/hooks/letter.ts'
import { keepLookers } from '../guardrails/kept-lookers.ts'
import { dialectMap } from '../dialects/all.ts'
import { describePlan } from '../config/describe-plan.ts'
import type { PlanTrial } from '../gateway/plan-trial.ts'
import { defined } from '../kit/defined.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { systemRandom } from '../kit/random.ts'
import { PROVIDERS } from '../providers/all.ts'
import { openStore } from '../store/open-store.ts'
import { createTelemetry } from '../telemetry/log.ts'
import { createRegistry } from '../telemetry/registry.ts'
import { ALERT_WORDS } from './alert-words.ts'
import { openConfiguration } from './configuration.ts'
import { readKeptRelease } from './kept-release.ts'
import { followConfiguration } from './reload.ts'
import { openReleases } from './releases.ts'
import { openSeals } from './seals.ts'

/** A desk over a file and a store in memory; `restart` ends the process and begins the next one over both. */
export async function openDesk(firstText: string, environment: Readonly<Record<string, string>> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-desk-'))
  const configFile = join(directory, 'gatehouse.yaml')
  writeFileSync(configFile, firstText)
  const clock = createManualClock()
  const telemetry = createTelemetry({
    registry: createRegistry(),
    level: 'error',
    nowMs: clock.nowMs,
    write: () => undefined,
  })
  const store = await openStore({ url: 'memory:', clock })
  let keyText: string | undefined
  const seals = openSeals({
    readFile: () => keyText,
    writeFile: (text) => void (keyText = text),
    random: systemRandom,
  })
  const ground = { clock, telemetry, store, seals }
  const start = () => openProcess(ground, { file: configFile, directory, environment })
  let process = await start()
  return {
    get desk() {
      return process.desk
    },
    /** The plan that is tried. */
    get tried() {
      return process.tried()
    },
    /** Everything that requests could notice. */
    inForce: () => process.inForce(),
    save(text: string) {
      writeFileSync(configFile, text)
      process.reload()
    },
    async restart(text?: string) {
      await process.close()
      if (text !== undefined) writeFileSync(configFile, text)
      process = await start()
    },
    async close() {
      await process.close()
      await store.close()
      rmSync(directory, { recursive: true })
    },
  }
}

interface ProcessPlace {
  readonly file: string
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
}

async function openProcess(
  ground: Omit<Parameters<typeof openReleases>[0], 'configuration' | 'reloading' | 'kept' | 'gateway'>,
  place: ProcessPlace,
) {
  const { clock } = ground
  const kept = await readKeptRelease(ground, ground.seals)
  const configuration = openConfiguration({
    ...place,
    ...defined({ kept: kept.texts }),
    definitions: PROVIDERS,
    dialects: dialectMap(),
    found: [],
    priceOf: () => undefined,
    listedFacts: () => ({}),
    nowMs: () => clock.nowMs(),
    reuse: keepLookers(),
    letters: NO_LETTERS,
    knownModels: () => [],
    alertWords: ALERT_WORDS,
    hashKey: (key) => ({ id: key.reveal(), secretHmac: key.reveal() }),
  })
  const reloading = followConfiguration({
    ...ground,
    lookClock: clock,
    configFile: place.file,
    configuration,
    swap: () => undefined,
    health: { forgetCredential: () => undefined },
  })
  let trial: PlanTrial | undefined
  const gateway = { divide: (next: PlanTrial | undefined) => void (trial = next) }
  const desk = await openReleases({
    ...ground,
    configFile: place.file,
    configuration,
    reloading,
    kept,
    gateway,
  })
  return {
    desk,
    tried: () => trial,
    inForce() {
      const { plan } = reloading.inForce.compiled
      return plan === undefined ? undefined : JSON.stringify(describePlan(plan))
    },
    reload: () => reloading.reload(),
    async close() {
      reloading.close()
      await desk.close()
    },
  }
}
