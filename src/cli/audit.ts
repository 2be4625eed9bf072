import { openAuditFiles, toHeadJson, type AuditFiles } from '../boot/audit-files.ts'
import { toTimeJson } from '../admin/to-json.ts'
import { defined } from '../kit/defined.ts'
import { readVerifyingKey, type VerifyingKey } from '../kit/ed25519.ts'
import { nearestNames } from '../kit/nearest.ts'
import { BEFORE_FIRST, ChainCheck, headText, type AuditHead } from '../store/audit-chain.ts'
import { UsageError, type ParsedArguments } from './arguments.ts'
import { entryLine, readExport, storedChain, type Chain } from './audit-lines.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import { openInstallation, type Installation } from './installation.ts'
import { readMoment } from './period.ts'

const ACTIONS = ['list', 'verify', 'export', 'key'] as const
const USUAL_ROWS = 20
const EXPECTED = /^(\d{1,15}):([0-9a-f]{64})$/

/** The chain of what was done: read where it is kept, whether the gateway runs or not. */
export const auditCommand: Command = {
  name: 'audit',
  usage: 'list | verify [FILE] | export | key',
  summary: 'What was done, by whom, and whether the chain of it is whole.',
  examples: [
    'gatehouse audit list --subject key --since 7d',
    'gatehouse audit verify',
    'gatehouse audit export > audit.jsonl',
    'gatehouse audit verify audit.jsonl --public-key ed25519:…',
  ],
  flags: {
    act: { kind: 'text', value: 'ACT', help: 'list: `POST /api/v1/keys`, or how it begins: POST, keys.' },
    actor: { kind: 'text', value: 'WHO', help: 'list: admin token, file, process, command.' },
    subject: { kind: 'text', value: 'WHAT', help: 'list: key:ID, or its kind: key.' },
    since: { kind: 'text', value: 'WHEN', help: 'list: begin, such as 24h, 7d or 2026-11-01.' },
    until: { kind: 'text', value: 'WHEN', help: 'list: end, exclusive.' },
    limit: {
      kind: 'number',
      short: 'n',
      value: 'N',
      help: `list: how many; default: ${USUAL_ROWS}, at most 500.`,
    },
    'public-key': {
      kind: 'text',
      value: 'KEY',
      help: 'verify: keys that may have signed it, with commas between; default: that of this installation.',
    },
    expect: {
      kind: 'text',
      value: 'N:HASH',
      help: 'verify: an entry that is known from elsewhere, such as the log of the process.',
    },
  },
  positionals: 2,
  async run(call) {
    const [action = 'list', file] = call.arguments.positionals
    const known = ACTIONS.find((one) => one === action)
    if (known === undefined) {
      const [nearest = 'list'] = nearestNames(action, ACTIONS, 1)
      throw new UsageError(`There is no "audit ${action}". Did you mean "audit ${nearest}"?`)
    }
    if (file !== undefined && known !== 'verify') throw new UsageError(`"audit ${known}" takes no file.`)
    if (file !== undefined) return verifyFile(call, file)
    const here = await openInstallation(call, 'read')
    try {
      return await ON_STORE[known](call, here, openAuditFiles(here.paths.dataDirectory, call.random))
    } finally {
      await here.close()
    }
  },
}

type OnStore = (call: CommandCall, here: Installation, files: AuditFiles) => Promise<number>

const ON_STORE: Readonly<Record<(typeof ACTIONS)[number], OnStore>> = {
  list,
  export: exportAll,
  verify: async (call, { store }, files) => {
    const head = files.readHead()
    const heads = head === undefined ? [] : [head]
    return verify(
      call,
      await storedChain(store.audit, heads),
      keysOf(call.arguments) ?? readKeys(files.key.publicKey),
    )
  },
  async key({ output }, _here, { key }) {
    if (output.json) output.value({ public_key: key.publicKey, name: key.name })
    else output.line(key.publicKey)
    return EXIT.ok
  },
}

async function list(
  { arguments: given, output, clock }: CommandCall,
  { store }: Installation,
): Promise<number> {
  const nowMs = clock.nowMs()
  const time = (flag: string): number | undefined => {
    const text = given.text(flag)
    return text === undefined ? undefined : readMoment(text, nowMs)
  }
  const { rows } = await store.audit.list({
    limit: given.number('limit') ?? USUAL_ROWS,
    ...defined({ act: given.text('act'), actor: given.text('actor'), subject: given.text('subject') }),
    ...defined({ fromMs: time('since'), toMs: time('until') }),
  })
  if (output.json) output.value({ data: rows.map(entryLine) })
  else if (rows.length === 0) output.say('Nothing of the kind was done.')
  else
    output.table(
      ['#', 'WHEN', 'WHO', 'WHAT', 'TO', 'OUTCOME', 'MORE'],
      rows.map(({ sequence, atMs, actor, act, subject = '-', outcome, summary }) => [
        String(sequence),
        toTimeJson(atMs),
        actor,
        act,
        subject,
        outcome,
        summary,
      ]),
    )
  return EXIT.ok
}

/** Where the chain begins, each entry, and where it ends, signed now: what is cut off from the file is missed. */
async function exportAll(
  { output, clock }: CommandCall,
  { store }: Installation,
  { key }: AuditFiles,
): Promise<number> {
  const { checkpoint, entries } = await storedChain(store.audit, [])
  output.line(
    JSON.stringify({
      type: 'begin',
      format: 1,
      public_key: key.publicKey,
      ...(checkpoint === undefined ? {} : { checkpoint: toHeadJson(checkpoint) }),
    }),
  )
  let last: Pick<AuditHead, 'sequence' | 'hash'> = checkpoint ?? { sequence: 0, hash: BEFORE_FIRST }
  for await (const entry of entries) {
    output.line(JSON.stringify({ type: 'entry', ...entryLine(entry) }))
    last = entry
  }
  const head = { sequence: last.sequence, hash: last.hash, atMs: clock.nowMs() }
  const signature = key.sign(headText(head))
  output.line(JSON.stringify({ type: 'end', ...toHeadJson({ ...head, signer: key.name, signature }) }))
  return EXIT.ok
}

async function verifyFile(call: CommandCall, file: string): Promise<number> {
  const keys = keysOf(call.arguments)
  if (keys === undefined)
    throw new UsageError(
      'A file is checked with --public-key, from a place that is not the file: gatehouse audit key',
    )
  return verify(call, await readExport(file, call.directory), keys)
}

async function verify(call: CommandCall, chain: Chain, keys: readonly VerifyingKey[]): Promise<number> {
  const { output } = call
  const heads = [...chain.heads, ...expectedOf(call.arguments)]
  const check = new ChainCheck({ keys, checkpoint: chain.checkpoint, heads })
  for await (const entry of chain.entries) if (check.take(entry) !== undefined) break
  const fault = check.end() ?? chain.fault?.(check.last.sequence)
  const { sequence, hash } = check.last
  const first = (chain.checkpoint?.sequence ?? 0) + 1
  if (output.json)
    output.value({
      whole: fault === undefined,
      first,
      up_to: sequence,
      hash,
      keys: keys.map(({ publicKey }) => publicKey),
      ...(fault === undefined ? {} : { fault: { ...fault } }),
    })
  else if (fault === undefined) output.line(`The chain is whole: entries ${first} to ${sequence}, ${hash}.`)
  else output.line(`The chain is broken: ${fault.message}. Whole up to entry ${sequence}.`)
  return fault === undefined ? EXIT.ok : EXIT.failed
}

function keysOf(given: ParsedArguments): readonly VerifyingKey[] | undefined {
  const text = given.text('public-key')
  return text === undefined ? undefined : readKeys(text)
}

function readKeys(text: string): readonly VerifyingKey[] {
  return text.split(',').map((one) => {
    const key = readVerifyingKey(one.trim())
    if (key === undefined)
      throw new UsageError(`"${one}" is no public key: ed25519:… as "gatehouse audit key" prints it.`)
    return key
  })
}

function expectedOf(given: ParsedArguments): readonly AuditHead[] {
  const text = given.text('expect')
  if (text === undefined) return []
  const [, sequence, hash] = EXPECTED.exec(text) ?? []
  if (sequence === undefined || hash === undefined)
    throw new CommandError(EXIT.usage, '--expect takes the number of an entry and its hash: 214:9f2c…')
  return [{ sequence: Number(sequence), hash, atMs: 0, signer: '', signature: '' }]
}
