import { parseJsonObject, readNumber, readObject, readString } from '../kit/json.ts'
import { defined } from '../kit/defined.ts'

/** What an answer was, beside its body. */
export interface Told {
  /** The id of the request that it was given to. */
  readonly requestId: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly stream: boolean
  /** The model that was asked for. */
  readonly model: string
  readonly route?: string
  readonly target?: string
  /** `ok`, or the code of a failure. */
  readonly outcome: string
}

/** An answer as it went out. */
export interface Reply extends Told {
  readonly body: Uint8Array<ArrayBuffer>
}

/** Answers are mostly text, which shrinks to a third at the lowest levels already. */
const LEVEL = 1
const NEW_LINE = 0x0a
const decoder = new TextDecoder()

/** Packs an answer: what it was as a line of JSON, then the pieces of its body, compressed beside the event loop. */
export function packReply(told: Told, pieces: readonly Uint8Array[]): Promise<Uint8Array> {
  return Bun.zstdCompress(Buffer.concat([Buffer.from(`${JSON.stringify(told)}\n`), ...pieces]), {
    level: LEVEL,
  })
}

/** Unpacks what `packReply` has packed; undefined where it is nothing of that kind. */
export async function unpackReply(packed: Uint8Array): Promise<Reply | undefined> {
  const bytes = new Uint8Array(await Bun.zstdDecompress(packed))
  const end = bytes.indexOf(NEW_LINE)
  const told = parseJsonObject(decoder.decode(bytes.subarray(0, Math.max(0, end))))
  if (told === undefined) return undefined
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(readObject(told, 'headers') ?? {}))
    if (typeof value === 'string') headers[name] = value
  return {
    requestId: readString(told, 'requestId') ?? '',
    status: readNumber(told, 'status') ?? 200,
    headers,
    stream: told['stream'] === true,
    model: readString(told, 'model') ?? '',
    ...defined({ route: readString(told, 'route'), target: readString(told, 'target') }),
    outcome: readString(told, 'outcome') ?? 'ok',
    body: bytes.subarray(end + 1),
  }
}
