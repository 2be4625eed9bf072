import { actOf } from '../admin/change-key.ts'
import { createKey, eachKey } from '../admin/create-key.ts'
import { keyStatus, toKeyJson } from '../admin/keys-json.ts'
import { defined } from '../kit/defined.ts'
import { showUsd } from '../kit/money.ts'
import { nearestNames } from '../kit/nearest.ts'
import { mintKey } from '../exchange/virtual-key.ts'
import type { KeyRecord } from '../store/store.ts'
import { UsageError } from './arguments.ts'
import { explainProblem, KEY_WORKS, ofKey, onlyProblemsOf, workOnKey } from './change-keys.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import { findStoredKey } from './find-stored-key.ts'
import { openInstallation, type Installation } from './installation.ts'
import { leaveEntry } from './leave-entry.ts'
import { environmentOf, KEY_FLAGS, keyBody } from './key-flags.ts'

const ACTIONS = ['create', 'list', 'revoke', ...Object.keys(KEY_WORKS)]

/** Keys: make, list, change, revoke. A running gateway knows of a change within a second. */
export const keysCommand: Command = {
  name: 'keys',
  usage: 'create NAME | list | show|edit|rotate|end-earlier|pause|resume|revoke ID-OR-NAME',
  summary: 'Make, list, change, rotate and revoke keys.',
  examples: [
    'gatehouse keys create helpdesk --models smart,openai/* --budget 5/day --rpm 60',
    'gatehouse keys list',
    'gatehouse keys edit helpdesk --rpm 120 --budget none',
    'gatehouse keys rotate helpdesk --overlap 7d --by ana',
    'gatehouse keys revoke helpdesk',
  ],
  flags: KEY_FLAGS,
  positionals: 2,
  async run(call) {
    const [action, subject] = call.arguments.positionals
    if (action === 'create' && call.arguments.has('offline')) return makeOffline(call)
    if (action === 'create') return withInstallation(call, 'write', (here) => create(call, here, subject))
    if (action === 'revoke') return withInstallation(call, 'write', (here) => revoke(call, here, subject))
    if (action === 'list' || action === undefined)
      return withInstallation(call, 'read', (here) => list(call, here))
    const work = KEY_WORKS[action]
    if (work !== undefined)
      return withInstallation(call, 'write', (here) =>
        workOnKey(call, here, { action, work, wanted: subject }),
      )
    const [nearest] = nearestNames(action, ACTIONS, 1)
    throw new UsageError(
      `There is no "keys ${action}". ${nearest === undefined ? `Known: ${ACTIONS.join(', ')}.` : `Did you mean "keys ${nearest}"?`}`,
    )
  },
}

async function withInstallation(
  call: CommandCall,
  use: 'read' | 'write',
  work: (installation: Installation) => Promise<number>,
): Promise<number> {
  const installation = await openInstallation(call, use)
  try {
    return await work(installation)
  } finally {
    await installation.close()
  }
}

function makeOffline({ arguments: given, random, output }: CommandCall): number {
  const environment = environmentOf(given)
  const { id, text } = mintKey({ environment, random, hmac: () => '' })
  if (output.json) {
    output.value({ id, key: text.reveal() })
    return EXIT.ok
  }
  output.say(
    'Nothing is stored. Put the key into the environment and declare it in the file with value: env:NAME.',
  )
  output.line(text.reveal())
  return EXIT.ok
}

async function create(call: CommandCall, here: Installation, name: string | undefined): Promise<number> {
  const { arguments: given, output, clock } = call
  const { store, mint, paths, projects } = here
  if (name === undefined) throw new UsageError('A key needs a name: gatehouse keys create NAME')
  const environment = environmentOf(given)
  if (projects === undefined) {
    throw new CommandError(EXIT.usage, `${paths.configFile} has mistakes; see: gatehouse check`)
  }
  const needs = {
    keys: store.keys,
    mint: () => mint(environment),
    nowMs: () => clock.nowMs(),
    projects,
    via: 'cli',
    ...defined({ onlyProblems: await onlyProblemsOf(call) }),
  } as const
  const { record, key } = await leaveEntry(call, here, {
    act: 'keys create',
    summary: `name: ${name}`,
    async work(made) {
      const created = await createKey(keyBody(name, given), needs).catch(explainProblem)
      made(`key:${created.record.id}`)
      return created
    },
  })
  if (output.json) {
    output.value({ ...toKeyJson(record, { nowMs: clock.nowMs() }), key: key.reveal() })
    return EXIT.ok
  }
  output.line(key.reveal())
  output.say(`Key ${record.name} (${record.id}) was made. It is shown this once.`)
  return EXIT.ok
}

async function list(
  { arguments: given, output, clock }: CommandCall,
  { store }: Installation,
): Promise<number> {
  const nowMs = clock.nowMs()
  const keys = await Array.fromAsync(eachKey(store.keys))
  const shown = keys.filter((key) => given.has('all') || ['active', 'paused'].includes(keyStatus(key, nowMs)))
  if (output.json) {
    output.value({ data: shown.map((key) => toKeyJson(key, { nowMs })) })
    return EXIT.ok
  }
  if (shown.length === 0) {
    output.say('There are no keys. Make one with: gatehouse keys create NAME')
    return EXIT.ok
  }
  output.table(
    ['NAME', 'ID', 'STATUS', 'PROJECT', 'MODELS', 'LIMITS', 'BUDGETS', 'CREATED'],
    shown.map((key) => [
      key.name,
      key.id,
      keyStatus(key, nowMs),
      key.project ?? '-',
      key.models?.join(' ') ?? 'all',
      limitsText(key),
      key.budgets.map(({ window, limitNanoUsd }) => `${showUsd(limitNanoUsd)}/${window}`).join(' ') || '-',
      new Date(key.createdAtMs).toISOString().slice(0, 10),
    ]),
  )
  return EXIT.ok
}

function limitsText({ limits }: KeyRecord): string {
  const parts = [
    limits.requestsPerMinute === undefined ? [] : [`${limits.requestsPerMinute} rpm`],
    limits.tokensPerMinute === undefined ? [] : [`${limits.tokensPerMinute} tpm`],
    limits.parallelRequests === undefined ? [] : [`${limits.parallelRequests} at once`],
  ].flat()
  return parts.join(', ') || '-'
}

async function revoke(call: CommandCall, here: Installation, wanted: string | undefined): Promise<number> {
  const { arguments: given, output, clock } = call
  const { store } = here
  if (wanted === undefined) throw new UsageError('Which one? gatehouse keys revoke ID-OR-NAME')
  const key = await findStoredKey(wanted, store.keys)
  const atMs = clock.nowMs()
  const act = actOf('revoked', { via: 'cli', by: given.text('by'), nowMs: () => atMs })
  await leaveEntry(call, here, {
    act: 'keys revoke',
    ...ofKey(key, given.text('by')),
    work: () => store.keys.revoke(key.id, atMs, act),
  })
  if (output.json) output.value({ id: key.id, name: key.name, status: 'revoked' })
  else output.line(`${key.name} (${key.id}) is revoked.`)
  return EXIT.ok
}
