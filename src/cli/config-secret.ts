import { readArray, readObjects, readString } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import { callAdmin } from './admin-call.ts'
import { UsageError } from './arguments.ts'
import { EXIT, type CommandCall } from './command.ts'

const ACTIONS = ['list', 'set', 'remove']

/** Secrets that the store keeps: `list`, `set NAME` (read from what is piped in), `remove NAME`. */
export async function configSecret(call: CommandCall, action = 'list'): Promise<number> {
  const [, , name] = call.arguments.positionals
  if (action === 'list') return list(call)
  if (!ACTIONS.includes(action)) {
    const [nearest = 'list'] = nearestNames(action, ACTIONS, 1)
    throw new UsageError(`There is no "config secret ${action}". Did you mean "config secret ${nearest}"?`)
  }
  if (name === undefined) throw new UsageError(`Which one? gatehouse config secret ${action} NAME`)
  const path = `/secrets/${encodeURIComponent(name)}`
  if (action === 'remove') {
    await callAdmin(call, 'DELETE', { path })
    call.output.say(`The secret ${name} is forgotten.`)
    return EXIT.ok
  }
  const value = new TextDecoder().decode(await call.readInput()).trim()
  if (value === '')
    throw new UsageError('Pipe the secret in: printenv NAME | gatehouse config secret set NAME')
  await callAdmin(call, 'PUT', { path, body: { value } })
  call.output.say(`The secret ${name} is stored. Write stored:${name} where the configuration needs it.`)
  return EXIT.ok
}

async function list(call: CommandCall): Promise<number> {
  const answer = await callAdmin(call, 'GET', { path: '/secrets' })
  if (call.output.json) call.output.value(answer)
  else
    call.output.table(
      ['NAME', 'STORED', 'USED AT'],
      readObjects(answer, 'data').map((secret) => [
        readString(secret, 'name') ?? '',
        readString(secret, 'at') ?? '',
        readArray(secret, 'used_at')
          .filter((use) => typeof use === 'string')
          .join(', ') || '-',
      ]),
    )
  return EXIT.ok
}
