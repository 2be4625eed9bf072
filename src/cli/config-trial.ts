import { SPLIT_UNITS } from '../exchange/split.ts'
import { defined } from '../kit/defined.ts'
import { readNumber, readObject, readString, type JsonObject } from '../kit/json.ts'
import { callAdmin } from './admin-call.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type CommandCall } from './command.ts'

/** The terms of a trial that the arguments ask for, as a member of what is sent. */
export function trialIn({ arguments: given }: CommandCall): JsonObject {
  const share = given.text('canary')
  const by = given.text('by')
  if (share === undefined && by !== undefined)
    throw new UsageError(
      `--by says who stays together on a canary: gatehouse config apply FILE --canary 10% --by ${by}`,
    )
  return share === undefined ? {} : { trial: { share, ...defined({ by }) } }
}

/** How `--by` is told in the help. */
export const UNITS_HELP = `With --canary: who goes the same way every time, ${SPLIT_UNITS.join(', ')}; default: user.`

/** Says how the version does that is tried, beside the one in force. */
export async function trial(call: CommandCall): Promise<number> {
  const { output } = call
  const answer = await callAdmin(call, 'GET', { path: '/config/trial' })
  const running = readObject(answer, 'trial')
  if (output.json) {
    output.value(answer)
    return EXIT.ok
  }
  if (running === undefined) throw new CommandError(EXIT.notFound, 'No version is being tried.')
  const version = readObject(running, 'version') ?? {}
  const number = readNumber(version, 'number')
  output.line(
    `Version ${number} is tried on ${readNumber(running, 'share')} % of the requests, by ${readString(running, 'by')}, counted since ${readString(running, 'counted_since')}.`,
  )
  output.table(
    ['VERSION', 'REQUESTS', 'ERRORS', 'FIRST EVENT P95', 'COST OF ONE'],
    [rowOf(`${number} (tried)`, running, 'tried'), rowOf('in force', running, 'in_force')],
  )
  return EXIT.ok
}

function rowOf(name: string, running: JsonObject, side: string): string[] {
  const figures = readObject(running, side) ?? {}
  const firstEvent = readNumber(figures, 'first_event_p95_ms')
  const cost = readNumber(figures, 'cost_usd')
  return [
    name,
    String(readNumber(figures, 'requests') ?? 0),
    String(readNumber(figures, 'errors') ?? 0),
    firstEvent === undefined ? '-' : `${Math.round(firstEvent)} ms`,
    cost === undefined ? '-' : `$${cost.toPrecision(3)}`,
  ]
}

/** Puts the version that is tried in force, or ends the trial. */
export async function endTrial(call: CommandCall, action: 'promote' | 'give-up'): Promise<number> {
  const { output } = call
  const answer = await callAdmin(call, 'POST', { path: '/config/trial', body: { action } })
  const number = readNumber(readObject(answer, 'version') ?? {}, 'number')
  if (output.json) output.value(answer)
  else if (action === 'promote') output.line(`Version ${number} is in force for everybody.`)
  else output.line(`Version ${number} is given up; nobody is sent there any more.`)
  return EXIT.ok
}
