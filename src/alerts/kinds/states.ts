import type { Finding, Look } from '../finding.ts'
import { listNames, showSpan, shownName } from '../words.ts'
import { HOUR_MS, MINUTE_MS, type Watching } from './watching.ts'

/** Keys that nobody uses. */
export const staleKeysWatching: Watching<'stale-keys'> = {
  everyMs: () => 6 * HOUR_MS,
  says: ({ unusedMs }) => `keys that were not used for ${showSpan(unusedMs)}`,
  async look({ unusedMs }, sources) {
    const { names, count } = await sources.unusedKeys(unusedMs)
    const text =
      count === 0
        ? `every key was used within ${showSpan(unusedMs)}`
        : `${count === 1 ? '1 key was' : `${count} keys were`} not used for ${showSpan(unusedMs)}: ${listNames(names, count)}`
    return {
      findings: count === 0 ? [] : [{ key: '', text, value: count }],
      stand: { text, unit: 'count', value: count },
    }
  },
}

/** Who is not asked because it failed. */
export const restingWatching: Watching<'resting'> = {
  everyMs: () => MINUTE_MS,
  says: ({ providers }) =>
    `a target or a credential${providers === undefined ? '' : ` of ${providers.join(' or ')}`} not asked because it failed`,
  async look({ providers }, sources) {
    const resting = sources
      .resting()
      .filter(({ provider }) => providers === undefined || providers.includes(provider))
    return counted(
      resting.map(({ name, why }) => ({ key: shownName(name), text: `${shownName(name)} rests: ${why}` })),
      'everybody is asked',
    )
  },
}

/** What is not kept or delivered. */
export const troubleWatching: Watching<'trouble'> = {
  everyMs: () => MINUTE_MS,
  says: ({ parts }) =>
    `something not kept or not delivered${parts === undefined ? '' : `: ${parts.map(shownName).join(' or ')}`}`,
  async look({ parts }, sources) {
    const troubles = sources.troubles().filter(({ part }) => parts === undefined || parts.includes(part))
    const byPart = new Map(troubles.map(({ part, text }) => [part, text]))
    return counted(
      [...byPart].map(([part, text]) => ({ key: part, text: `${part}: ${shownName(text)}` })),
      'all is well',
    )
  },
}

/** Drills that failed. */
export const drillWatching: Watching<'drill'> = {
  everyMs: () => MINUTE_MS,
  says: ({ drills }) => `${drills === undefined ? 'a drill' : drills.join(' or ')} failed when it ran last`,
  async look({ drills }, sources) {
    const failed = (await sources.drills()).filter(
      ({ drill, passed }) => !passed && (drills === undefined || drills.includes(drill)),
    )
    return counted(
      failed.map(({ drill, broken }) => ({
        key: shownName(drill),
        text: `drill ${shownName(drill)} failed: ${listNames(broken, broken.length)}`,
      })),
      'no drill has failed',
    )
  },
}

/** The configuration was refused. */
export const configWatching: Watching<'config'> = {
  everyMs: () => MINUTE_MS,
  says: () => 'a change of the configuration refused',
  async look(_watch, sources) {
    const text = 'the last change of the configuration was refused; see: gatehouse check'
    return counted(sources.isConfigRefused() ? [{ key: '', text }] : [], 'the configuration is in force')
  },
}

function counted(findings: readonly Finding[], well: string): Look {
  return { findings, stand: { text: findings[0]?.text ?? well, unit: 'count', value: findings.length } }
}
