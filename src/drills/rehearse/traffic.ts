import type { Drill } from '../../exchange/drill.ts'
import type { ModelRequest, Operation } from '../../exchange/operations/all.ts'

/** What is known of a request without its words. */
export interface RequestShape {
  readonly operation: Operation
  readonly stream: boolean
  readonly inputTokens: number
}

/** A short question, a usual one, and one with a document. */
const SIZES = [40, 400, 2_000] as const
const CHARACTERS_PER_TOKEN = 4
const SENTENCE = 'The harbour lantern was lit again before the first boats came home. '

/** Shapes of invented requests: every size, in pieces or whole as the drill says. */
export function inventShapes({ requests, stream }: Drill, operation: Operation): readonly RequestShape[] {
  return Array.from({ length: requests }, (_, index) => ({
    operation,
    stream: operation === 'chat' && (stream === 'always' || (stream === 'mixed' && index % 2 === 0)),
    inputTokens: SIZES[Math.floor(index / 2) % SIZES.length] ?? SIZES[0],
  }))
}

/** As many shapes as are wanted, those that are there in turns. */
export function repeatShapes(shapes: readonly RequestShape[], count: number): readonly RequestShape[] {
  return Array.from({ length: count }, (_, index) => shapes[index % shapes.length]).filter(
    (shape) => shape !== undefined,
  )
}

/** A request of a shape, in words that mean nothing. */
export function requestOf({ operation, stream, inputTokens }: RequestShape, model: string): ModelRequest {
  const text = textOf(inputTokens)
  switch (operation) {
    case 'embed':
      return { operation, model, stream: false, inputs: [text], encodings: ['float'] }
    case 'rerank':
      return { operation, model, stream: false, query: SENTENCE, documents: [text], returnDocuments: false }
    case 'moderate':
      return { operation, model, stream: false, inputs: [text] }
    case 'chat':
    case 'count-tokens':
    case 'recall':
      return {
        operation: 'chat',
        model,
        stream,
        wantsUsage: stream,
        turns: [{ role: 'user', blocks: [{ type: 'text', text }] }],
      }
  }
}

function textOf(tokens: number): string {
  const length = Math.max(1, tokens) * CHARACTERS_PER_TOKEN
  return SENTENCE.repeat(Math.ceil(length / SENTENCE.length)).slice(0, length)
}
