import type { CompiledConfig } from '../config/compile.ts'
import type { ProviderSetup } from '../config/compile-providers.ts'
import type { Config } from '../config/schema.ts'
import { watchConfig, type ConfigWatch } from '../config/watch.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Clock, Timer } from '../kit/clock.ts'
import { watchFile } from '../kit/watch-file.ts'
import type { HealthBoard } from '../routing/health.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Configuration } from './configuration.ts'

/** Catalogues change their prices on the hour and the half hour. */
const REFRESH_MS = 1_800_000

export interface ReloadNeeds {
  /** Absent: there is no file to watch. */
  readonly configFile?: string
  readonly configuration: Configuration
  readonly swap: (plan: Plan) => void
  readonly health: Pick<HealthBoard, 'forgetCredential'>
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Keeps the plan in step with its file, with secrets in files, and with prices that depend on date and time. */
export interface Reloading {
  /** The providers of the plan in force. */
  readonly providers: readonly ProviderSetup[]
  /** True unless the last look found a file that could not be used. */
  readonly healthy: boolean
  /** Looks at the file now. The same text is compiled again too, because the files that secrets are in may have changed. */
  reload(): void
  close(): void
}

/** Starts to follow the configuration. Every plan comes into force in the same way, whatever the reason for it. */
export function followConfiguration(needs: ReloadNeeds): Reloading {
  const { configFile: file, configuration, clock } = needs
  let { providers } = configuration
  const apply = (plan: Plan, compiled: CompiledConfig): void => {
    needs.swap(plan)
    warnOfRestart(compiled.config, needs)
    for (const id of replacedCredentials(providers, compiled.providers)) needs.health.forgetCredential(id)
    providers = compiled.providers
  }
  const watch = file === undefined ? undefined : watchConfiguration(file, apply, needs)
  let timer: Timer
  const refreshLater = (): void => {
    timer = clock.after(REFRESH_MS - (clock.nowMs() % REFRESH_MS), () => {
      refreshLater()
      refresh(watch?.textInForce ?? configuration.text, apply, needs)
    })
  }
  refreshLater()
  return {
    get providers() {
      return providers
    },
    get healthy() {
      return watch?.healthy ?? true
    },
    reload() {
      const outcome = watch?.reload() ?? 'unchanged'
      if (outcome !== 'unchanged') return
      needs.telemetry.log(
        'info',
        'the configuration is unchanged; the secrets that it refers to are read again',
      )
      refresh(watch?.textInForce ?? configuration.text, apply, needs)
    },
    close() {
      watch?.close()
      timer.cancel()
    },
  }
}

type Apply = (plan: Plan, compiled: CompiledConfig) => void

function watchConfiguration(file: string, apply: Apply, needs: ReloadNeeds): ConfigWatch {
  const { configuration, clock, telemetry } = needs
  return watchConfig(configuration.text, {
    file,
    clock,
    telemetry,
    readFile: configuration.readText,
    compile: configuration.compile,
    apply,
    watchFile: (onChange) => watchFile(file, onChange),
  })
}

/** Compiles the text in force again. Should that fail, for example for want of a secret's file, the plan stays as it is. */
function refresh(text: string, apply: Apply, { configuration, telemetry }: ReloadNeeds): void {
  const compiled = configuration.compile(text)
  if (compiled.plan !== undefined) return apply(compiled.plan, compiled)
  const problems = compiled.problems.map(({ path, message }) => `${path}: ${message}`)
  telemetry.log('warn', 'the configuration in force cannot be compiled again; the plan stays', { problems })
}

/** What a file says of the listeners, the store and what is kept holds from the next start on; saying nothing would be saying that it holds now. */
function warnOfRestart(changed: Config | undefined, { configuration, telemetry }: ReloadNeeds): void {
  if (changed === undefined) return
  const { server, store, responses, logs } = configuration.config
  const sections: readonly [string, object, object][] = [
    ['server', server, changed.server],
    ['store', store, changed.store],
    ['responses', responses, changed.responses],
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
