import {
  parseJsonObject,
  readNumber,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../../src/kit/json.ts'

/**
 * Checks a whole stream of `generateContent` against what the official SDK and agents rely on: frames of data alone that end with
 * CRLF, parts that say something, calls in one piece, one finish per candidate with nothing behind it, and the usage with the last.
 * Gives complaints in plain words; none means legal. A stream that ends with an error finishes nothing.
 */
export function checkGeminiStream(wire: string): readonly string[] {
  const complaints: string[] = []
  const finished = new Set<number>()
  let ended = false
  let failed = false
  const frames = wire.split('\r\n\r\n')
  if (frames.pop() !== '') complaints.push('the last frame has no blank line')
  for (const frame of frames) {
    const complain = (text: string): void => void complaints.push(`${text}: ${frame.slice(0, 200)}`)
    if (frame.startsWith(':')) continue
    if (ended || failed) complain('behind the end')
    const chunk = parseJsonObject(/^data: ([^\r\n]*)$/.exec(frame)?.[1] ?? '')
    if (chunk === undefined) complain('not a frame')
    else if (readObject(chunk, 'error') !== undefined) failed = true
    else {
      checkChunk(chunk, finished, complain)
      ended = readObject(chunk, 'usageMetadata') !== undefined && finished.size > 0
    }
  }
  if (!ended && !failed) complaints.push('the stream has no end')
  return complaints
}

type Complain = (text: string) => void

function checkChunk(chunk: JsonObject, finished: Set<number>, complain: Complain): void {
  if (readString(chunk, 'responseId') === undefined || readString(chunk, 'modelVersion') === undefined)
    complain('no id or model')
  const candidates = readObjects(chunk, 'candidates')
  if (candidates.length === 0) complain('no candidate')
  for (const candidate of candidates) {
    const index = readNumber(candidate, 'index') ?? 0
    if (finished.has(index)) complain('behind the finish')
    const content = readObject(candidate, 'content') ?? {}
    const parts = readObjects(content, 'parts')
    if (readString(content, 'role') !== 'model' || parts.length === 0) complain('no content of the model')
    for (const part of parts) checkPart(part, complain)
    if (readString(candidate, 'finishReason') !== undefined) finished.add(index)
  }
}

function checkPart(part: JsonObject, complain: Complain): void {
  if (Object.keys(part).length === 0) complain('a part that is nothing')
  const call = readObject(part, 'functionCall')
  if (call === undefined) return
  if (readString(call, 'name') === undefined) complain('a call without a name')
  if (readObject(call, 'args') === undefined) complain('a call without arguments')
}
