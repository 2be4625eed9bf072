import { canariesOf } from '../experiments/canaries-of.ts'
import { orderCanary, readCanaries } from '../experiments/canary-board.ts'
import { CANARY_ACTIONS } from '../experiments/canary-state.ts'
import { nearestNames } from '../kit/nearest.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import { leaveEntry } from './leave-entry.ts'
import { openInstallation } from './installation.ts'
import { compileOffline } from './offline-plan.ts'

const LIST = 'list'

/** Canaries: how they do, and what they are told. A running gateway obeys within a second. */
export const canaryCommand: Command = {
  name: 'canary',
  usage: `list | ${CANARY_ACTIONS.map((action) => `${action} ROUTE`).join(' | ')}`,
  summary: 'Canaries: list them, roll one back, hold it, let it go on.',
  examples: ['gatehouse canary list', 'gatehouse canary rollback support'],
  flags: {},
  positionals: 2,
  async run(call) {
    const [action = LIST, id] = call.arguments.positionals
    if (action === LIST) return list(call)
    const known = CANARY_ACTIONS.find((one) => one === action)
    if (known === undefined) {
      const [nearest = LIST] = nearestNames(action, [LIST, ...CANARY_ACTIONS], 1)
      throw new UsageError(`There is no "canary ${action}". Did you mean "canary ${nearest}"?`)
    }
    if (id === undefined) throw new UsageError(`Which canary? gatehouse canary ${action} ROUTE.`)
    const ids = (await termsOf(call)).map((terms) => terms.id)
    if (!ids.includes(id))
      throw new CommandError(
        EXIT.notFound,
        `There is no canary ${id}. ${ids.length === 0 ? 'The file has none.' : `There is ${ids.join(', ')}.`}`,
      )
    const here = await openInstallation(call, 'write')
    const { settings } = here.store
    try {
      await leaveEntry(call, here, {
        act: `canary ${known}`,
        subject: `canary:${id}`,
        work: () => orderCanary({ settings, clock: call.clock }, id, known),
      })
    } finally {
      await here.close()
    }
    call.output.say(`Canary ${id}: ${action}. A running gateway obeys within a second.`)
    return EXIT.ok
  },
}

async function termsOf(call: CommandCall): Promise<ReturnType<typeof canariesOf>> {
  const { compiled, file } = await compileOffline(call)
  if (compiled.plan === undefined)
    throw new CommandError(EXIT.usage, `${file} has mistakes; see: gatehouse check`)
  return canariesOf(compiled.plan.routes)
}

async function list(call: CommandCall): Promise<number> {
  const { output, clock } = call
  const all = await termsOf(call)
  const { store, close } = await openInstallation(call, 'read')
  try {
    const canaries = await readCanaries({ settings: store.settings, clock }, all)
    if (output.json) {
      output.value(canaries.map(({ id, share, state }) => ({ id, share, ...state })))
      return EXIT.ok
    }
    output.table(
      ['CANARY', 'SHARE', 'STATUS', 'SINCE', 'VERDICT'],
      canaries.map(({ id, share, state: { status, sinceMs, verdict = '' } }) => [
        id,
        `${share} %`,
        status,
        new Date(sinceMs).toISOString(),
        verdict,
      ]),
    )
    return EXIT.ok
  } finally {
    await close()
  }
}
