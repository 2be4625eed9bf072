import { parseJsonObject, readNumber, readObject, readString, type JsonObject } from '../kit/json.ts'
import { defined } from '../kit/defined.ts'

/** What a line of a bill file says, as far as another process needs it. */
export interface BilledRequest {
  readonly ordinal: number
  readonly attemptId?: string
  readonly model: string
  readonly outcome: string
  readonly usage?: JsonObject
}

/** Reads the text of a bill file: the last line of each request counts, a line cut short by a crash is left out. */
export function parseBill(text: string): readonly BilledRequest[] {
  const requests = new Map<number, BilledRequest>()
  for (const line of text.split('\n')) {
    const request = parseLine(line)
    if (request !== undefined) requests.set(request.ordinal, request)
  }
  return [...requests.values()]
}

function parseLine(line: string): BilledRequest | undefined {
  const entry = parseJsonObject(line)
  const ordinal = entry === undefined ? undefined : readNumber(entry, 'ordinal')
  if (entry === undefined || ordinal === undefined) return undefined
  const attemptId = readString(entry, 'attemptId')
  const usage = readObject(entry, 'usage')
  return {
    ordinal,
    model: readString(entry, 'model') ?? '',
    outcome: readString(entry, 'outcome') ?? 'open',
    ...defined({ attemptId, usage }),
  }
}
