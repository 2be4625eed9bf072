import { createListFold, listFeatures, listInputs, type Input, type ListAnswer } from './inputs.ts'
import type { OperationRow, RequestSpine } from './operation-row.ts'

/** How the numbers of a vector are given: as decimals, as float32 in little endian and base64, or as small integers. */
export type VectorEncoding = 'float' | 'base64' | 'int8' | 'uint8' | 'binary' | 'ubinary'

/** What a vector is wanted for; some models make different ones for questions and for what answers them. */
export type EmbedTask = 'query' | 'document' | 'classification' | 'clustering' | 'similarity'

/** Asks for one vector per input. */
export interface EmbedRequest extends RequestSpine {
  readonly operation: 'embed'
  /** At least one. */
  readonly inputs: readonly Input[]
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

/** A vector for each text, so that those of similar texts are near each other. */
export const embed: OperationRow<EmbedRequest, Vector, Embeddings> = {
  name: 'embed',
  features: listFeatures,
  charge: 'usage',
  writes: 'nothing',
  proves: 'target',
  repeat: 'until-first-event',
  servedBy: 'some',
  // Vectors of different models lie in different spaces: side by side in one index they are noise.
  interchangeable: false,
  inputs: listInputs(),
  meaning: { vector: true },
  lastWord: 'vector',
  createFold: () => createListFold('vector'),
}
