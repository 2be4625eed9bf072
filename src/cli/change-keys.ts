import { editKey, endEarlier, pauseKey, rotateKey, type ChangeKeyNeeds } from '../admin/change-key.ts'
import { createKeySchema, readKeyTerms } from '../admin/create-key.ts'
import { parseBody } from '../admin/admin-route.ts'
import { toActJson, toKeyJson, toKeyWords } from '../admin/keys-json.ts'
import { AdminProblem } from '../admin/problem.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import { parseDuration } from '../kit/duration.ts'
import type { KeyRecord } from '../store/store.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type CommandCall } from './command.ts'
import { findStoredKey } from './find-stored-key.ts'
import type { Installation } from './installation.ts'
import { environmentOf, keyBody, takenAway } from './key-flags.ts'
import { leaveEntry, type CommandAct } from './leave-entry.ts'
import { usablePlan } from './offline-plan.ts'

/** For how long the secret that a key has is taken after a rotation, where nothing else is said. */
const USUAL_OVERLAP = '24h'

/** Something that is done to one key of the store. */
export type KeyWork = (call: CommandCall, here: Installation, key: KeyRecord) => Promise<number>

/** What can be done to a key after it was made, by the word of the command. */
export const KEY_WORKS: Readonly<Record<string, KeyWork>> = {
  show,
  edit,
  rotate,
  'end-earlier': async (call, here, key) =>
    tell(call, await endEarlier(key, changing(call, here)), 'has one secret only now'),
  pause: async (call, here, key) => tell(call, await pauseKey(key, true, changing(call, here)), 'is paused'),
  resume: async (call, here, key) =>
    tell(call, await pauseKey(key, false, changing(call, here)), 'is resumed'),
}

/** Does something to the key of an id or a name. Rejects with UsageError or CommandError. */
export async function workOnKey(
  call: CommandCall,
  here: Installation,
  {
    action,
    work,
    wanted,
  }: { readonly action: string; readonly work: KeyWork; readonly wanted: string | undefined },
): Promise<number> {
  if (wanted === undefined) throw new UsageError('Which one? Name a key by its id or its name.')
  const key = await findStoredKey(wanted, here.store.keys)
  const done = (): Promise<number> => work(call, here, key).catch(explainProblem)
  if (work === show) return done()
  return leaveEntry(call, here, {
    act: `keys ${action}`,
    ...ofKey(key, call.arguments.text('by')),
    work: done,
  })
}

/** What the audit tells of a key that something is done to, and who does it where that is said. */
export function ofKey(
  { id, name }: KeyRecord,
  by: string | undefined,
): Pick<CommandAct, 'subject' | 'summary'> {
  return { subject: `key:${id}`, summary: by === undefined ? `name: ${name}` : `name: ${name}; by: ${by}` }
}

/** Says to a person what the admin API would. */
export function explainProblem(thrown: unknown): never {
  if (!(thrown instanceof AdminProblem)) throw thrown
  const { errors = [], detail } = thrown.facts
  if (thrown.code === 'not-so') throw new CommandError(EXIT.failed, detail ?? thrown.message)
  const lines = errors.map(({ path, message, hint }) => `${path}: ${message}. ${hint ?? ''}`.trim())
  throw new UsageError(lines.length === 0 ? thrown.message : lines.join('\n'))
}

/** What can be wanted of targets is known to a plan; to make one takes longer than most keys need. */
export async function onlyProblemsOf(call: CommandCall): Promise<Plan['onlyProblems']> {
  return call.arguments.has('only') ? (await usablePlan(call)).onlyProblems : undefined
}

function changing({ arguments: given, clock }: CommandCall, { store, mint }: Installation): ChangeKeyNeeds {
  return {
    keys: store.keys,
    mint: (id) => mint(environmentOf(given), id),
    nowMs: () => clock.nowMs(),
    via: 'cli',
    by: given.text('by'),
  }
}

function tell({ output, clock }: CommandCall, key: KeyRecord, what: string): number {
  if (output.json) output.value(toKeyJson(key, { nowMs: clock.nowMs() }))
  else output.line(`${key.name} (${key.id}) ${what}.`)
  return EXIT.ok
}

async function edit(call: CommandCall, here: Installation, key: KeyRecord): Promise<number> {
  const { arguments: given } = call
  const { projects, paths, store } = here
  if (projects === undefined)
    throw new CommandError(EXIT.usage, `${paths.configFile} has mistakes; see: gatehouse check`)
  const gone = takenAway(given)
  const words = { ...toKeyWords(key), ...keyBody(given.text('name') ?? key.name, given) }
  const kept = Object.fromEntries(Object.entries(words).filter(([word]) => !gone.includes(word)))
  const fields = parseBody(createKeySchema, kept)
  const knowing = { keys: store.keys, projects, ...defined({ onlyProblems: await onlyProblemsOf(call) }) }
  const terms = await readKeyTerms(fields, knowing, key.id)
  const { allowedOptions } = given.has('allow') ? terms : key
  const edited = await editKey(key, { ...terms, allowedOptions }, changing(call, here))
  return tell(call, edited, 'is edited')
}

async function rotate(call: CommandCall, here: Installation, key: KeyRecord): Promise<number> {
  const { arguments: given, output, clock } = call
  const overlap = given.text('overlap') ?? USUAL_OVERLAP
  const overlapMs = parseDuration(overlap)
  if (overlapMs === undefined)
    throw new UsageError(`--overlap takes a time such as 24h, 7d or 0s, not "${overlap}".`)
  const { record, key: text } = await rotateKey(key, overlapMs, changing(call, here))
  if (output.json) {
    output.value({ ...toKeyJson(record, { nowMs: clock.nowMs() }), key: text.reveal() })
    return EXIT.ok
  }
  output.line(text.reveal())
  const until = record.earlier && new Date(record.earlier.untilMs).toISOString()
  output.say(
    `Key ${record.name} (${record.id}) has another secret, which is shown this once. ${until === undefined ? 'The one before opens nothing any more.' : `The one before is taken until ${until}.`}`,
  )
  return EXIT.ok
}

async function show(call: CommandCall, { store }: Installation, key: KeyRecord): Promise<number> {
  const { output, clock } = call
  const acts = (await store.keys.acts(key.id)).map(toActJson)
  const json = toKeyJson(key, { nowMs: clock.nowMs() })
  if (output.json) {
    output.value({ ...json, acts })
    return EXIT.ok
  }
  output.table(
    ['WHAT', 'IS'],
    Object.entries(json).map(([word, value]) => [
      word,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
  output.table(
    ['WHEN', 'WHAT', 'WHO', 'HOW'],
    acts.map(({ at, what, by, via, detail }) => [at, what, by ?? via, detail].map(String)),
  )
  return EXIT.ok
}
