import { isObject, parseJson, readString } from '../kit/json.ts'
import type { CachedAnswer } from './answer-cache.ts'

/** Seals bytes under the key of an installation, and opens them again. */
export interface AnswerSeals {
  seal(bytes: Uint8Array): Uint8Array
  /** Undefined where they are damaged, or were sealed with another key. */
  open(sealed: Uint8Array): Uint8Array | undefined
}

/** Grows when what is packed could not be read by an earlier version. */
const VERSION = 1
/** Answers shrink to a third at the lowest levels already. */
const LEVEL = 1

/** Packs an answer for a store: compressed beside the event loop, and sealed, so that it is neither read nor changed there. */
export async function packAnswer(answer: CachedAnswer, seals: AnswerSeals): Promise<Uint8Array> {
  const { costNanoUsd, ...rest } = answer
  const text = JSON.stringify({ v: VERSION, ...rest, costNanoUsd: String(costNanoUsd) })
  return seals.seal(await Bun.zstdCompress(text, { level: LEVEL }))
}

/** Unpacks what `packAnswer` has packed; undefined where it is damaged, of another key or of another version. */
export async function unpackAnswer(
  sealed: Uint8Array,
  seals: AnswerSeals,
): Promise<CachedAnswer | undefined> {
  const packed = seals.open(sealed)
  if (packed === undefined) return undefined
  const value = parseJson(new TextDecoder().decode(await Bun.zstdDecompress(packed)))
  if (!isObject(value) || value['v'] !== VERSION) return undefined
  const { v: _version, ...facts } = value
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the seal holds and the version is ours, so it is what was packed
  return { ...facts, costNanoUsd: BigInt(readString(value, 'costNanoUsd') ?? 0) } as unknown as CachedAnswer
}
