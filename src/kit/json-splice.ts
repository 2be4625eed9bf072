import { scanJson, type JsonMember, type JsonScan } from './json-scan.ts'

/** One change to the root object: the new value as JSON text, or undefined to remove the member. */
export interface JsonEdit {
  readonly key: string
  readonly value: string | undefined
}

/** Replaces `bytes[start, end)` by `text`. */
interface Cut {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * Gives the bytes with members of the root object replaced, added (at the end) or removed. Everything else stays byte for
 * byte: numbers keep their spelling, keys their order, white space its place. Of several edits of one key the last counts.
 * The bytes given are never changed; when there is nothing to do they are given back.
 *
 * @param scan what `scanJson` said of the same bytes, if it was asked before
 * @throws JsonScanError when there is no scan and the bytes are not acceptable
 */
export function spliceJson(
  bytes: Uint8Array,
  edits: readonly JsonEdit[],
  scan: JsonScan = scanJson(bytes),
): Uint8Array {
  const cuts = memberCuts(scan.members, edits)
  const added = addedMembers(scan, edits)
  if (added !== '') {
    const at = scan.members.at(-1)?.valueEnd ?? scan.rootStart + 1
    cuts.push({ start: at, end: at, text: added })
  }
  return applyCuts(bytes, cuts)
}

/**
 * Cuts for members that are replaced or removed, in order. Removed members take what stands between them and their
 * successor along; those at the end take what separates them from the last member that stays.
 */
function memberCuts(members: readonly JsonMember[], edits: readonly JsonEdit[]): Cut[] {
  const cuts: Cut[] = []
  let kept: JsonMember | undefined
  let removed: { readonly start: number; end: number } | undefined
  for (const member of members) {
    const edit = lastEdit(edits, member.key)
    if (edit !== undefined && edit.value === undefined) {
      removed ??= { start: member.keyStart, end: member.valueEnd }
      removed.end = member.valueEnd
      continue
    }
    if (removed !== undefined) cuts.push({ start: removed.start, end: member.keyStart, text: '' })
    removed = undefined
    kept = member
    if (edit?.value !== undefined)
      cuts.push({ start: member.valueStart, end: member.valueEnd, text: edit.value })
  }
  if (removed !== undefined) cuts.push({ start: kept?.valueEnd ?? removed.start, end: removed.end, text: '' })
  return cuts
}

/** Text of the members that are new, to stand behind the last one that was there. */
function addedMembers(scan: JsonScan, edits: readonly JsonEdit[]): string {
  let text = ''
  for (const edit of edits) {
    if (edit.value === undefined || scan.find(edit.key) !== undefined || lastEdit(edits, edit.key) !== edit)
      continue
    const first = text === '' && areAllRemoved(scan.members, edits)
    text += `${first ? '' : ','}${JSON.stringify(edit.key)}:${edit.value}`
  }
  return text
}

function areAllRemoved(members: readonly JsonMember[], edits: readonly JsonEdit[]): boolean {
  for (const { key } of members) {
    const edit = lastEdit(edits, key)
    if (edit === undefined || edit.value !== undefined) return false
  }
  return true
}

/** Edits are few, so looking through them beats a map. */
function lastEdit(edits: readonly JsonEdit[], key: string): JsonEdit | undefined {
  for (let index = edits.length - 1; index >= 0; index -= 1) {
    const edit = edits[index]
    if (edit !== undefined && edit.key === key) return edit
  }
  return undefined
}

function applyCuts(bytes: Uint8Array, cuts: readonly Cut[]): Uint8Array {
  if (cuts.length === 0) return bytes
  let { length } = bytes
  for (const { start, end, text } of cuts) length += Buffer.byteLength(text) - (end - start)
  // A Buffer, because it takes text without an array in between; not a pooled one, because the bytes travel on.
  const joined = Buffer.allocUnsafeSlow(length)
  let from = 0
  let at = 0
  for (const { start, end, text } of cuts) {
    at += copy.call(bytes, joined, at, from, start)
    at += joined.write(text, at)
    from = end
  }
  copy.call(bytes, joined, at, from)
  return joined
}

/** Of any bytes into a Buffer, without a view of what is copied. */
const { copy } = Buffer.prototype
