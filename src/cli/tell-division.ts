import { existsSync } from 'node:fs'
import type { Route } from '../exchange/route.ts'
import { BUCKETS } from '../exchange/split.ts'
import { readCanaries } from '../experiments/canary-board.ts'
import type { CommandCall } from './command.ts'
import { openInstallation, pathsOf } from './installation.ts'

const PER_CENT = 100

/** How the requests of a route are divided, and where its canary stands. */
export async function tellDivision({ split, canary }: Route, call: CommandCall): Promise<readonly string[]> {
  if (split !== undefined) {
    const arms = split.arms.map(({ name, share }) => `${name} ${(share / BUCKETS) * PER_CENT} %`)
    return [`Divided by ${split.by}: ${arms.join(', ')}`]
  }
  if (canary === undefined) return []
  const targets = canary.route.targets.map(({ target }) => target.id).join(', ')
  const said = `Canary by ${canary.by}: ${targets}`
  if (!existsSync(pathsOf(call).dataDirectory)) return [said]
  const { store, close } = await openInstallation(call, 'read')
  try {
    const [now] = await readCanaries({ settings: store.settings, clock: call.clock }, [canary])
    if (now === undefined) return [said]
    const { status, verdict } = now.state
    return [`${said}; ${now.share} %, ${status}${verdict === undefined ? '' : ` (${verdict})`}`]
  } finally {
    await close()
  }
}
