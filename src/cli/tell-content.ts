import { missingContent, contentJson, type ContentView } from '../admin/content-json.ts'
import {
  isArray,
  isObject,
  readArray,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../kit/json.ts'
import type { Store } from '../store/store.ts'
import type { RequestRow } from '../store/store.ts'
import { callAdmin } from './admin-call.ts'
import type { CommandCall } from './command.ts'
import type { Output } from './output.ts'

/** What was said in a request, as it is answered by the admin API; null where nothing is there. */
export async function readContentJson(
  row: RequestRow,
  { contents }: Pick<Store, 'contents'>,
): Promise<JsonObject | null> {
  return contentJson(row, await contents.find(row.id)) ?? null
}

/**
 * The same with masked values in their places, as far as guardrails remember them: asked of the gateway that runs, which may refuse, and
 * leaves a line in its log.
 */
export function readRestoredContent(call: CommandCall, { id }: RequestRow): Promise<JsonObject> {
  return callAdmin(call, 'GET', { path: `/requests/${encodeURIComponent(id)}/content?restore=true` })
}

/** Tells what was said, or why that is not there. */
export async function tellContent(
  row: RequestRow,
  { contents }: Pick<Store, 'contents'>,
  { output, view }: { readonly output: Output; readonly view: ContentView },
): Promise<void> {
  const kept = await contents.find(row.id)
  const content = contentJson(row, kept)
  if (content !== undefined) return tellSaid(content, output)
  output.line(`\n${output.paint('Content', 'bold')}`)
  output.line(`  ${missingContent(row, kept, view).detail}`)
}

/** Tells what was said. */
export function tellSaid(content: JsonObject, output: Output): void {
  output.line(`\n${output.paint('Content', 'bold')}`)
  output.line(`  kept ${readString(content, 'keep') ?? ''}${maskedText(content)}`)
  for (const turn of readObjects(readObject(content, 'request') ?? {}, 'turns'))
    tellTurn(readString(turn, 'role') ?? '', readObjects(turn, 'blocks'), output)
  for (const choice of readObjects(readObject(content, 'answer') ?? {}, 'choices'))
    tellTurn('answer', readObjects(choice, 'blocks'), output)
  for (const failed of readObjects(content, 'failed_attempts'))
    output.line(
      `  ${output.paint(`${readString(failed, 'target') ?? ''} failed`, 'red')}  ${readString(failed, 'message') ?? ''}`,
    )
  tellChanges(readObject(content, 'upstream') ?? {}, output)
}

function maskedText(content: JsonObject): string {
  const masked = Object.entries(readObject(content, 'masked') ?? {})
  if (masked.length === 0) return ''
  return `, masked: ${masked.map(([name, count]) => `${plain(count)} ${name}`).join(', ')}`
}

function tellTurn(role: string, blocks: readonly JsonObject[], output: Output): void {
  output.line(`  ${output.paint(role, 'bold')}`)
  for (const line of blocks.flatMap(blockLines)) output.line(`    ${line}`)
}

/** A block in lines of text. */
function blockLines(block: JsonObject): readonly string[] {
  const type = readString(block, 'type') ?? ''
  const text = readString(block, 'text')
  if (text !== undefined) return (type === 'text' ? text : `[${type}] ${text}`).split('\n')
  if (type === 'tool-call')
    return [`[call] ${readString(block, 'name') ?? ''} ${readString(block, 'arguments') ?? ''}`]
  if (type === 'tool-result') return ['[result]', ...readObjects(block, 'blocks').flatMap(blockLines)]
  return [`[${type}] ${restOf(block)}`]
}

function restOf({ type: _type, ...rest }: JsonObject): string {
  return Object.entries(rest)
    .map(([name, value]) => `${name}=${plain(value)}`)
    .join(' ')
}

function plain(value: Json | undefined): string {
  return isObject(value) || isArray(value) ? JSON.stringify(value) : String(value)
}

function tellChanges(upstream: JsonObject, output: Output): void {
  const changes = readArray(upstream, 'changes').filter(isObject)
  if (changes.length === 0) return
  output.line(`  ${output.paint(`sent to ${readString(upstream, 'target') ?? ''}`, 'bold')}`)
  for (const change of changes) {
    const [from, to] = [readString(change, 'from'), readString(change, 'to')]
    const how = [from, to].filter((side) => side !== undefined).join(' → ')
    output.line(`    ${readString(change, 'change') ?? ''} ${readString(change, 'path') ?? ''}: ${how}`)
  }
}
