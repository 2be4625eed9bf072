import type { Citation } from '../../exchange/content.ts'
import { measureBytes } from '../../kit/byte-offsets.ts'
import { defined } from '../../kit/defined.ts'
import {
  readArray,
  readNumber,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../../kit/json.ts'

/*
 * Which sources support which passage of an answer (https://ai.google.dev/api/generate-content#GroundingMetadata). Passages are told
 * in bytes of the text of the whole answer.
 */

const NOTHING: JsonObject = {}

/** A text of an answer, and where it begins among all of them. */
interface Passage {
  /** All texts so far. */
  readonly said: string
  /** Code units of them before this one. */
  readonly from: number
}

/** The sources of a text of an answer. */
export function* citationsIn(grounding: JsonObject, { said, from }: Passage): Generator<Citation> {
  const sources = readObjects(grounding, 'groundingChunks').map(sourceOf)
  const offsets = measureBytes(said)
  for (const support of readObjects(grounding, 'groundingSupports')) {
    const segment = readObject(support, 'segment') ?? NOTHING
    const start = offsets.toUnit(readNumber(segment, 'startIndex') ?? 0) - from
    const end = offsets.toUnit(readNumber(segment, 'endIndex') ?? 0) - from
    const place = start >= 0 && end > start ? { start, end } : {}
    for (const at of new Set(readArray(support, 'groundingChunkIndices'))) {
      const source = typeof at === 'number' ? sources[at] : undefined
      if (source !== undefined) yield { ...source, ...place }
    }
  }
}

function sourceOf(chunk: JsonObject): Citation {
  const source = readObject(chunk, 'web') ?? readObject(chunk, 'retrievedContext') ?? NOTHING
  return defined({
    text: readString(source, 'text'),
    url: readString(source, 'uri'),
    title: readString(source, 'title'),
  })
}

/** Gathers what is cited of an answer, text by text. */
export class Grounding {
  readonly #chunks: JsonObject[] = []
  readonly #supports: JsonObject[] = []
  readonly #indexes = new Map<string, number>()
  /** Of the texts so far. */
  #bytes = 0

  /** Takes the next text of the answer with its sources. One that names no passage supports all of it. */
  add(text: string, citations: readonly Citation[]): void {
    if (citations.length > 0) {
      const offsets = measureBytes(text)
      for (const citation of citations) {
        const { start = 0, end = text.length } = citation
        const [startIndex, endIndex] = [start, end].map((unit) => this.#bytes + offsets.toByte(unit))
        this.#supports.push({
          segment: { startIndex, endIndex, text: text.slice(start, end) },
          groundingChunkIndices: [this.#indexOf(citation)],
        })
      }
    }
    this.#bytes += Buffer.byteLength(text)
  }

  /** What the client is told; undefined where nothing was cited. */
  get metadata(): JsonObject | undefined {
    if (this.#supports.length === 0) return undefined
    return { groundingChunks: this.#chunks, groundingSupports: this.#supports }
  }

  #indexOf({ url, title, text }: Citation): number {
    const chunk = url === undefined ? { retrievedContext: { title, text } } : { web: { uri: url, title } }
    const key = JSON.stringify(chunk)
    const known = this.#indexes.get(key)
    if (known !== undefined) return known
    this.#indexes.set(key, this.#chunks.length)
    return this.#chunks.push(chunk) - 1
  }
}
