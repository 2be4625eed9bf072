import { estimateTextTokens } from '../estimate.ts'
import { createListFold, listFeatures, listInputs, tokensOf, type Input, type ListAnswer } from './inputs.ts'
import type { Inputs, OperationRow, RequestSpine } from './operation-row.ts'

/** How the numbers of a vector are given: as decimals, as float32 in little endian and base64, or as small integers. */
export type VectorEncoding = 'float' | 'base64' | 'int8' | 'uint8' | 'binary' | 'ubinary'

/** What a vector is wanted for; some models make different ones for questions and for what answers them. */
export type EmbedTask = 'query' | 'document' | 'classification' | 'clustering' | 'similarity'

/** Asks for one vector per input. */
export interface EmbedRequest extends RequestSpine {
  readonly operation: 'embed'
  /** At least one. */
  readonly inputs: readonly Input[]
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
export type Embeddings = ListAnswer<Vector>

const INPUTS: Inputs<EmbedRequest, Vector> = { ...listInputs(), tokens: sizesOf, slice }

/** The tokens of each input, its title included. */
function sizesOf({ inputs, titles }: EmbedRequest): readonly number[] {
  const sizes = inputs.map(tokensOf)
  return titles === undefined
    ? sizes
    : sizes.map((tokens, index) => tokens + estimateTextTokens(titles[index] ?? ''))
}

function slice(request: EmbedRequest, from: number, to: number): EmbedRequest {
  const { inputs, titles } = request
  const part = { ...request, inputs: inputs.slice(from, to) }
  return titles === undefined ? part : { ...part, titles: titles.slice(from, to) }
}

/** A vector for each text, so that those of similar texts are near each other. */
export const embed: OperationRow<EmbedRequest, Vector, Embeddings> = {
  name: 'embed',
  features: (request) => listFeatures(request, sizesOf(request)),
  isSteady: () => true,
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
  createFold: () => createListFold('vector'),
}
