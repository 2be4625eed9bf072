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

const encoder = new TextEncoder()

/**
 * Gives new bytes with members of the root object replaced, added (at the end) or removed. Everything else stays byte for
 * byte: numbers keep their spelling, keys their order, white space its place. Of several edits of one key the last counts.
 *
 * @param scan what `scanJson` said of the same bytes, if it was asked before
 * @throws JsonScanError when there is no scan and the bytes are not acceptable
 */
export function spliceJson(
  bytes: Uint8Array,
  edits: readonly JsonEdit[],
  scan: JsonScan = scanJson(bytes),
): Uint8Array {
  const wanted = new Map(edits.map((edit) => [edit.key, edit.value]))
  const removed = (member: JsonMember): boolean =>
    wanted.has(member.key) && wanted.get(member.key) === undefined
  const cuts: Cut[] = []
  for (const member of scan.members) {
    const value = wanted.get(member.key)
    if (value !== undefined) cuts.push({ start: member.valueStart, end: member.valueEnd, text: value })
  }
  cuts.push(...removals(scan.members, removed))
  cuts.push(...additions(wanted, scan, removed))
  return applyCuts(bytes, cuts)
}

/**
 * Cuts for the members that go. A removed member takes what stands between it and its successor along; those at the end
 * take what separates them from the last one that stays.
 */
function removals(members: readonly JsonMember[], removed: (member: JsonMember) => boolean): Cut[] {
  const cuts: Cut[] = []
  const lastKept = members.findLastIndex((member) => !removed(member))
  members.forEach((member, index) => {
    const next = members[index + 1]
    if (index < lastKept && removed(member) && next !== undefined) {
      cuts.push({ start: member.keyStart, end: next.keyStart, text: '' })
    }
  })
  const last = members.at(-1)
  if (last === undefined || !removed(last)) return cuts
  const kept = members[lastKept]
  const start = kept === undefined ? (members[0]?.keyStart ?? last.keyStart) : kept.valueEnd
  cuts.push({ start, end: last.valueEnd, text: '' })
  return cuts
}

/** One cut of no length that adds the new members behind the last value. */
function additions(
  wanted: ReadonlyMap<string, string | undefined>,
  scan: JsonScan,
  removed: (member: JsonMember) => boolean,
): Cut[] {
  let text = ''
  let empty = scan.members.every(removed)
  for (const [key, value] of wanted) {
    if (value === undefined || scan.find(key) !== undefined) continue
    text += `${empty ? '' : ','}${JSON.stringify(key)}:${value}`
    empty = false
  }
  if (text === '') return []
  const at = scan.members.at(-1)?.valueEnd ?? scan.rootStart + 1
  return [{ start: at, end: at, text }]
}

function applyCuts(bytes: Uint8Array, cuts: readonly Cut[]): Uint8Array {
  const parts: Uint8Array[] = []
  let from = 0
  for (const cut of [...cuts].sort((left, right) => left.start - right.start || left.end - right.end)) {
    parts.push(bytes.subarray(from, cut.start), encoder.encode(cut.text))
    from = cut.end
  }
  parts.push(bytes.subarray(from))
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
