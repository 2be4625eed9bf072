import { createReadStream, existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { toHead } from '../boot/audit-files.ts'
import { defined } from '../kit/defined.ts'
import { parseJsonObject, readNumber, readObject, readString, type JsonObject } from '../kit/json.ts'
import { toChainJson, type AuditHead, type ChainFault } from '../store/audit-chain.ts'
import type { AuditCheckpoint, AuditEntry, AuditStore } from '../store/audit.ts'
import { CommandError, EXIT } from './command.ts'

const PAGE = 500

/** A chain to be followed, wherever it is. */
export interface Chain {
  readonly checkpoint: AuditCheckpoint | undefined
  /** Ends that are known. */
  readonly heads: readonly AuditHead[]
  readonly entries: AsyncIterable<AuditEntry>
  /** What is wrong with what holds it, once all was read. @param last the last entry that is right */
  readonly fault?: (last: number) => ChainFault | undefined
}

/** The chain of a store. */
export async function storedChain(audit: AuditStore, heads: readonly AuditHead[]): Promise<Chain> {
  return { checkpoint: await audit.checkpoint(), heads, entries: pagesOf(audit) }
}

async function* pagesOf(audit: AuditStore): AsyncIterable<AuditEntry> {
  for (let last = 0; ;) {
    const rows = await audit.after(last, PAGE)
    yield* rows
    const end = rows.at(-1)
    if (end === undefined) return
    last = end.sequence
  }
}

/** An entry as a line of an export: as it is hashed, with what holds it in its place. */
export function entryLine({ sequence, prev, hash, signer, signature, ...act }: AuditEntry): JsonObject {
  return { ...toChainJson(sequence, act), prev, hash, signer, signature }
}

/**
 * The chain of an exported file. It is read twice, for its ends first: nothing of it is held.
 *
 * @throws CommandError where there is none
 */
export async function readExport(file: string, directory: string): Promise<Chain> {
  const path = resolve(directory, file)
  if (!existsSync(path)) throw new CommandError(EXIT.notFound, `The file ${file} cannot be read.`)
  let checkpoint: AuditCheckpoint | undefined
  let end: AuditHead | undefined
  let hasBegin = false
  for await (const line of linesOf(path)) {
    const type = readString(line, 'type')
    if (type === 'end') end = toHead(JSON.stringify(line))
    if (type !== 'begin') continue
    hasBegin = true
    const point = readObject(line, 'checkpoint')
    checkpoint = point === undefined ? undefined : toHead(JSON.stringify(point))
  }
  if (!hasBegin)
    throw new CommandError(EXIT.failed, `${file} is no export of the audit: it lacks its first line.`)
  return {
    checkpoint,
    heads: end === undefined ? [] : [end],
    entries: entriesOf(path),
    fault: (last) =>
      end === undefined
        ? {
            kind: 'truncated',
            sequence: last + 1,
            message: `the file lacks its last line: what came after entry ${last} was cut off`,
          }
        : undefined,
  }
}

async function* entriesOf(path: string): AsyncIterable<AuditEntry> {
  for await (const line of linesOf(path)) if (readString(line, 'type') === 'entry') yield toEntry(line)
}

async function* linesOf(path: string): AsyncIterable<JsonObject> {
  for await (const text of createInterface({ input: createReadStream(path, 'utf8') }))
    if (text.trim() !== '') yield parseJsonObject(text) ?? { type: 'entry' }
}

/** What is not there is told as nothing, and makes another hash. */
function toEntry(line: JsonObject): AuditEntry {
  const text = (name: string): string => readString(line, name) ?? ''
  return {
    sequence: readNumber(line, 'sequence') ?? 0,
    id: text('id'),
    atMs: readNumber(line, 'at_ms') ?? 0,
    actor: text('actor'),
    act: text('act'),
    outcome: text('outcome'),
    summary: text('summary'),
    prev: text('prev'),
    hash: text('hash'),
    signer: text('signer'),
    signature: text('signature'),
    ...defined({
      address: readString(line, 'address'),
      subject: readString(line, 'subject'),
      digest: readString(line, 'digest'),
    }),
  }
}
