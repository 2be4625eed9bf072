import type { Clock, Timer } from '../kit/clock.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { CompiledConfig } from './compile.ts'
import { renderProblem } from './problems.ts'

/** Editors write a file in several steps; a reload waits until nothing has moved for this long. */
const SETTLE_MS = 150
const LAST_SUCCESS = 'gatehouse_config_last_reload_success'
const RELOADS = 'gatehouse_config_reload_total'

export interface WatchNeeds {
  /** The file's name, for messages. */
  readonly file: string
  /** The file's text now, or undefined when it cannot be read. */
  readonly readFile: () => string | undefined
  /** Does what takes long before a text is compiled, so that requests go on meanwhile; absent, and gives nothing, where nothing does. */
  readonly prepare?: (text: string) => Promise<void> | undefined
  /** Compiles a text; called with a text that differs from the last one tried. */
  readonly compile: (text: string) => CompiledConfig
  /** Puts what a text was compiled to in force; there is a plan. */
  readonly apply: (text: string, compiled: CompiledConfig) => void
  /** Told once of each text that is refused, and how much is wrong with it. */
  readonly onRefused?: (mistakes: number) => void
  /** Calls back whenever the file may have changed; gives a function that ends it. */
  readonly watchFile: (onChange: () => void) => () => void
  readonly clock: Clock
  readonly telemetry: Telemetry
}

export type ReloadOutcome = 'applied' | 'unchanged' | 'refused'

/** Keeps the plan in step with the file. */
export interface ConfigWatch {
  /** Looks now; for SIGHUP and the admin API. */
  reload(): ReloadOutcome
  /** True unless the last look found a file that could not be used. */
  readonly healthy: boolean
  close(): void
}

/** What is remembered between two looks. */
interface WatchState {
  inForce: string
  lastRefused: string | undefined
  healthy: boolean
}

/**
 * Starts watching. A file that is wrong changes nothing: the plan in force stays, the log says what is wrong and the
 * gauge `gatehouse_config_last_reload_success` falls to 0 until the file is right again. An empty file counts as wrong: it
 * is the first half of a save, and taking it over would lift every budget until the second half has come.
 *
 * @param firstText the text that is in force
 */
export function watchConfig(firstText: string, needs: WatchNeeds): ConfigWatch {
  const state: WatchState = { inForce: firstText, lastRefused: undefined, healthy: true }
  let timer: Timer | undefined
  let isClosed = false
  needs.telemetry.gauge(LAST_SUCCESS, () => (state.healthy ? 1 : 0))
  const reload = (): ReloadOutcome => reloadOnce(state, needs)
  const stop = needs.watchFile(() => {
    timer?.cancel()
    timer = needs.clock.after(SETTLE_MS, () => {
      const preparing = needs.prepare?.(needs.readFile() ?? '')
      if (preparing === undefined) reload()
      else void preparing.then(() => isClosed || reload())
    })
  })
  return {
    reload,
    get healthy() {
      return state.healthy
    },
    close() {
      isClosed = true
      timer?.cancel()
      stop()
    },
  }
}

function reloadOnce(state: WatchState, needs: WatchNeeds): ReloadOutcome {
  const text = needs.readFile()
  if (text === undefined) return refuse(state, needs, { text, reasons: [`${needs.file} cannot be read`] })
  if (text === state.inForce) {
    state.healthy = true
    return 'unchanged'
  }
  if (text.trim() === '') {
    const reason = `${needs.file} is empty; to go back to what is found without a file, restart without it`
    return refuse(state, needs, { text, reasons: [reason] })
  }
  const compiled = needs.compile(text)
  if (compiled.plan === undefined) {
    const reasons = compiled.problems.map((problem) => renderProblem(problem, { file: needs.file }))
    return refuse(state, needs, { text, reasons })
  }
  needs.apply(text, compiled)
  state.inForce = text
  state.healthy = true
  needs.telemetry.count(RELOADS, { outcome: 'applied' })
  needs.telemetry.log('info', 'a new configuration is in force', {
    file: needs.file,
    plan: compiled.plan.version,
  })
  return 'applied'
}

/** Says once what is wrong; the same wrong file found again is no news. */
function refuse(
  state: WatchState,
  needs: WatchNeeds,
  found: { readonly text: string | undefined; readonly reasons: readonly string[] },
): ReloadOutcome {
  const isNews = state.healthy || found.text !== state.lastRefused
  state.healthy = false
  state.lastRefused = found.text
  if (!isNews) return 'refused'
  needs.telemetry.count(RELOADS, { outcome: 'refused' })
  needs.onRefused?.(found.reasons.length)
  needs.telemetry.log(
    'error',
    'the configuration was changed and cannot be used; the one before stays in force',
    {
      file: needs.file,
      problems: found.reasons,
    },
  )
  return 'refused'
}
