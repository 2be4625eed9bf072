import { estimateTextTokens } from '../estimate.ts'
import type { SpineEvent, StartEvent } from '../event-spine.ts'
import { NO_FEATURES, type RequestFeatures } from '../features.ts'
import { NO_USAGE, type Usage } from '../usage.ts'
import type { Fold, Inputs, OperationRow, RequestSpine } from './operation-row.ts'

/** How the numbers of a vector are given: as decimals, as float32 in little endian and base64, or as small integers. */
export type VectorEncoding = 'float' | 'base64' | 'int8' | 'uint8' | 'binary' | 'ubinary'

/** What a vector is wanted for; some models make different ones for questions and for what answers them. */
export type EmbedTask = 'query' | 'document' | 'classification' | 'clustering' | 'similarity'

/** A text, or its tokens in the vocabulary of the model. */
export type EmbedInput = string | readonly number[]

/** Asks for one vector per input. */
export interface EmbedRequest extends RequestSpine {
  readonly operation: 'embed'
  /** At least one. */
  readonly inputs: readonly EmbedInput[]
  /** The title of each, where it has one: some models tell documents apart by it. */
  readonly titles?: readonly (string | undefined)[]
  /** Numbers per vector; absent: as many as the model gives. */
  readonly dimensions?: number
  /** At least one; all of them are wanted. */
  readonly encodings: readonly VectorEncoding[]
  readonly task?: EmbedTask
  /** The end user, as the application names him. */
  readonly user?: string
  readonly stream: false
}

/** The vector of one input. */
export interface Vector {
  readonly type: 'vector'
  /** Which input, from 0. */
  readonly input: number
  readonly encoding: VectorEncoding
  /** The numbers; with the encoding `base64`, their text. */
  readonly values: readonly number[] | string
}

/** All vectors of an answer, in the order of the inputs. */
export interface Embeddings {
  readonly head: Omit<StartEvent, 'type'>
  readonly vectors: readonly Vector[]
  readonly usage: Usage
}

const INPUTS: Inputs<EmbedRequest, Vector> = {
  tokens: inputSizes,
  slice,
  shift: (vector, by) => ({ ...vector, input: vector.input + by }),
}

/** A vector for each text, so that those of similar texts are near each other. */
export const embed: OperationRow<EmbedRequest, Vector, Embeddings> = {
  name: 'embed',
  features: embedFeatures,
  charge: 'usage',
  writes: 'nothing',
  proves: 'target',
  repeat: 'until-first-event',
  servedBy: 'some',
  // Vectors of different models lie in different spaces: side by side in one index they are noise.
  interchangeable: false,
  inputs: INPUTS,
  meaning: { vector: true },
  lastWord: 'vector',
  createFold: () => new EmbedFold(),
}

function slice(request: EmbedRequest, from: number, to: number): EmbedRequest {
  const { inputs, titles } = request
  const part = { ...request, inputs: inputs.slice(from, to) }
  return titles === undefined ? part : { ...part, titles: titles.slice(from, to) }
}

function embedFeatures(request: EmbedRequest): RequestFeatures {
  const { extra } = request
  let inputTokens = 0
  let atOnceTokens = 0
  for (const tokens of inputSizes(request)) {
    inputTokens += tokens
    atOnceTokens = Math.max(atOnceTokens, tokens)
  }
  let furtherInputTokens = 0
  for (const family in extra) furtherInputTokens += estimateTextTokens(JSON.stringify(extra[family]))
  return { ...NO_FEATURES, inputTokens, furtherInputTokens, atOnceTokens }
}

/** The tokens of each input, its title included. */
function inputSizes({ inputs, titles }: EmbedRequest): readonly number[] {
  return inputs.map((input, index) => {
    const tokens = typeof input === 'string' ? estimateTextTokens(input) : input.length
    return tokens + estimateTextTokens(titles?.[index] ?? '')
  })
}

class EmbedFold implements Fold<Vector, Embeddings> {
  #head: Omit<StartEvent, 'type'> = {}
  readonly #vectors: Vector[] = []
  #usage = NO_USAGE

  push(event: SpineEvent | Vector): void {
    if (event.type === 'vector') this.#vectors.push(event)
    else if (event.type === 'usage') this.#usage = event.usage
    else if (event.type === 'start') {
      const { type: _type, ...head } = event
      this.#head = head
    }
  }

  result(): Embeddings {
    const vectors = this.#vectors.toSorted((left, right) => left.input - right.input)
    return { head: this.#head, vectors, usage: this.#usage }
  }
}
