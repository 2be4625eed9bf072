import type { CompiledConfig } from '../config/compile.ts'
import type { ProviderSetup } from '../config/compile-providers.ts'
import type { Config } from '../config/schema.ts'
import { renderProblem } from '../config/problems.ts'
import { watchConfig, type ConfigWatch } from '../config/watch.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Clock, Timer } from '../kit/clock.ts'
import { watchFile } from '../kit/watch-file.ts'
import type { HealthBoard } from '../routing/health.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { OwnActs } from './own-act.ts'
import { LEFT_OUT, type ConfigTexts, type Configuration } from './configuration.ts'

/** Catalogues change their prices on the hour and the half hour. */
const REFRESH_MS = 1_800_000

export interface ReloadNeeds {
  /** Absent: there is no file to watch. */
  readonly configFile?: string
  readonly configuration: Configuration
  readonly swap: (plan: Plan) => void
  readonly health: Pick<HealthBoard, 'forgetCredential'>
  readonly clock: Clock
  /** By which prices are looked at again. */
  readonly lookClock: Clock
  readonly telemetry: Telemetry
  /** Absent: nobody takes down what the file does. */
  readonly audit?: OwnActs
}

/** What is in force. */
export interface InForce {
  readonly texts: ConfigTexts
  readonly compiled: CompiledConfig
}

/** Keeps the plan in step with its file, with secrets in files, and with prices that depend on date and time. */
export interface Reloading {
  readonly inForce: InForce
  /** The providers of the plan in force. */
  readonly providers: readonly ProviderSetup[]
  /** True unless the last look found a file that could not be used. */
  readonly healthy: boolean
  /** True while the file is not what is in force. */
  readonly drifted: boolean
  /** Looks at the file now. The same text is compiled again too, because the files that secrets are in may have changed. */
  reload(): void
  /** Compiles what is in force again: a secret or a price is another one. */
  refresh(): void
  /** Puts other texts in force, which were compiled with a plan. The file has its say again when it changes. */
  put(inForce: InForce): void
  /** Calls back when the file has changed what is in force. */
  onFile(listener: (before: InForce) => void): void
  /** Calls back when what is in force was to be compiled again: a secret or a price may be another one. */
  onRefresh(listener: () => void): void
  close(): void
}

/** Starts to follow the configuration. Every plan comes into force in the same way, whatever the reason for it. */
export function followConfiguration(needs: ReloadNeeds): Reloading {
  return new Following(needs)
}

class Following implements Reloading {
  readonly #needs: ReloadNeeds
  readonly #watch: ConfigWatch | undefined
  readonly #listeners: ((before: InForce) => void)[] = []
  readonly #refreshers: (() => void)[] = []
  inForce: InForce
  providers: readonly ProviderSetup[]
  /** What the file said when it was last taken over. */
  #seen: string
  #timer: Timer
  #isClosed = false

  constructor(needs: ReloadNeeds) {
    const { configFile: file, configuration } = needs
    this.#needs = needs
    this.inForce = { texts: configuration.texts, compiled: configuration.compiled }
    this.providers = configuration.providers
    this.#seen = configuration.fileText
    this.#watch = file === undefined ? undefined : this.#watchFile(file)
    this.#timer = this.#refreshLater()
  }

  get healthy(): boolean {
    return this.#watch?.healthy ?? true
  }

  get drifted(): boolean {
    return this.#seen !== this.inForce.texts.file
  }

  reload(): void {
    const file = this.#needs.configuration.readText() ?? ''
    this.#prepared(file, () => this.#reloadNow())
  }

  #reloadNow(): void {
    const outcome = this.#watch?.reload() ?? 'unchanged'
    if (outcome !== 'unchanged') return
    this.#needs.telemetry.log(
      'info',
      'the configuration is unchanged; the secrets that it refers to are read again',
    )
    this.refresh()
  }

  /** Acts once what takes long to compile is there, which mostly nothing does. */
  #prepared(file: string, act: () => void): void {
    const { configuration, clock } = this.#needs
    const preparing = configuration.prepare({ ...this.inForce.texts, file }, clock)
    if (preparing === undefined) act()
    else void preparing.then(() => this.#isClosed || act())
  }

  /** Should that fail, for example for want of a secret's file, the plan stays as it is. */
  refresh(): void {
    this.#compileAgain()
    for (const listener of this.#refreshers) listener()
  }

  put(next: InForce): void {
    const { swap, health } = this.#needs
    const { plan, config, providers } = next.compiled
    if (plan === undefined) return
    swap(plan)
    warnOfRestart(config, this.#needs)
    for (const id of replacedCredentials(this.providers, providers)) health.forgetCredential(id)
    this.providers = providers
    this.inForce = next
  }

  onFile(listener: (before: InForce) => void): void {
    this.#listeners.push(listener)
  }

  onRefresh(listener: () => void): void {
    this.#refreshers.push(listener)
  }

  close(): void {
    this.#isClosed = true
    this.#watch?.close()
    this.#timer.cancel()
  }

  #compileAgain(): void {
    const { configuration, telemetry } = this.#needs
    const { texts } = this.inForce
    const compiled = configuration.settle(texts)
    if (compiled.plan !== undefined) return this.put({ texts, compiled })
    const problems = compiled.problems.map(({ path, message }) => `${path}: ${message}`)
    telemetry.log('warn', 'the configuration in force cannot be compiled again; the plan stays', { problems })
  }

  #watchFile(file: string): ConfigWatch {
    const { configuration, clock, telemetry } = this.#needs
    return watchConfig(configuration.fileText, {
      file,
      clock,
      telemetry,
      readFile: configuration.readText,
      prepare: (text) => configuration.prepare({ ...this.inForce.texts, file: text }, clock),
      compile: (text) => configuration.settle({ file: text, managed: this.inForce.texts.managed }),
      apply: (text, compiled) => this.#takeFile(text, compiled),
      onRefused: (mistakes) =>
        this.#needs.audit?.tell({
          actor: 'file',
          act: 'config reload',
          outcome: 'refused',
          summary: mistakes === 1 ? 'one mistake' : `${mistakes} mistakes`,
        }),
      watchFile: (onChange) => watchFile(file, onChange),
    })
  }

  #takeFile(file: string, compiled: CompiledConfig): void {
    const before = this.inForce
    this.#seen = file
    this.put({ texts: { ...before.texts, file }, compiled })
    warnOfLeftOut(compiled, this.#needs)
    for (const listener of this.#listeners) listener(before)
  }

  #refreshLater(): Timer {
    const { lookClock: clock } = this.#needs
    return clock.after(REFRESH_MS - (clock.nowMs() % REFRESH_MS), () => {
      this.#timer = this.#refreshLater()
      this.#prepared(this.inForce.texts.file, () => this.refresh())
    })
  }
}

function warnOfLeftOut(
  { leftOut }: CompiledConfig,
  { telemetry, configFile = 'defaults' }: ReloadNeeds,
): void {
  if (leftOut === undefined) return
  const problems = leftOut.map((problem) => renderProblem(problem, { file: configFile }))
  telemetry.log('error', LEFT_OUT, { problems })
}

/** What a file says of the listeners, the store and what is kept holds from the next start on; saying nothing would be saying that it holds now. */
function warnOfRestart(changed: Config | undefined, { configuration, telemetry }: ReloadNeeds): void {
  if (changed === undefined) return
  const { server, store, responses, cache, logs } = configuration.config
  const sections: readonly [string, object, object][] = [
    ['server', server, changed.server],
    ['store', store, changed.store],
    ['responses', responses, changed.responses],
    ['cache', cache, changed.cache],
    ['logs.retention', logs.retention, changed.logs.retention],
  ]
  const keys = sections.flatMap(([name, before, after]) =>
    changedKeys(before, after).map((key) => `${name}.${key}`),
  )
  if (keys.length > 0) telemetry.log('warn', 'these settings come into force with the next start', { keys })
}

function changedKeys(before: object, after: object): string[] {
  const old = new Map(Object.entries(before))
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  for (const [name, value] of Object.entries(after)) if (isSame(old.get(name), value)) names.delete(name)
  return [...names]
}

/** Settings are single values and lists of them. */
function isSame(before: unknown, after: unknown): boolean {
  return before === after || JSON.stringify(before) === JSON.stringify(after)
}

/** Ids of the credentials that are gone or hold another secret: what was learned about them holds no longer. */
function replacedCredentials(
  before: readonly ProviderSetup[],
  after: readonly ProviderSetup[],
): readonly string[] {
  const kept = new Map(
    after.flatMap(({ credentials }) => credentials.map(({ id, secret }) => [id, secret.reveal()] as const)),
  )
  return before.flatMap(({ credentials }) =>
    credentials.filter(({ id, secret }) => kept.get(id) !== secret.reveal()).map(({ id }) => id),
  )
}
