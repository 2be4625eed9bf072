import type { Embeddings, EmbedRequest } from '../../exchange/operations/embed.ts'
import { isMixed, tokensOf, type Input, type MixedInput } from '../../exchange/operations/inputs.ts'
import { crc32 } from '../../kit/hash.ts'
import { answerWhole } from '../answer-whole.ts'
import { embed as card } from '../models/embed.ts'
import { textVector } from '../text-vector.ts'
import { VendorError } from '../vendor-error.ts'
import { endVisit } from '../visit.ts'
import type { ChosenModel } from '../write-scripts.ts'
import { checkCount, chooseCard, readingUsage } from './chosen-card.ts'
import type { Serve } from './serve.ts'

const DEFAULTS = { dimensions: 256, context: 8_192, inputs: 2_048 } as const

/** Vectors of unit length, near each other where texts share words or parts of words; the same text always has the same. */
export const embed: Serve<'embed'> = {
  answer(visit, request) {
    const { vendor } = visit.api
    const chosen = chooseCard(visit, request.model, card)
    const sizes = request.inputs.map(tokensOf)
    checkCount(sizes.length, chosen.options.number('inputs') ?? DEFAULTS.inputs, 'input')
    const limitTokens = chosen.options.number('context') ?? DEFAULTS.context
    const inputTokens = Math.max(...sizes)
    if (inputTokens > limitTokens) throw vendor.contextOverflow({ inputTokens, outputTokens: 0, limitTokens })
    const dimensions = dimensionsOf(request, chosen)
    const usage = readingUsage(sizes)
    const answer: Embeddings = {
      head: { model: request.model },
      items: request.inputs.map((input, index) => ({
        type: 'vector',
        input: index,
        encoding: 'float',
        values: textVector(wordsOf(input), dimensions),
      })),
      usage,
    }
    endVisit(visit, 'completed', usage)
    return answerWhole(visit, request, answer)
  },
}

/** The texts of an input; an image is a word that nothing else holds. */
function wordsOf(input: Input): string | readonly number[] {
  return isMixed(input) ? input.parts.map(wordOf).join(' ') : input
}

function wordOf(part: MixedInput['parts'][number]): string {
  return part.type === 'text' ? part.text : `image${crc32(JSON.stringify(part.source))}`
}

function dimensionsOf({ dimensions }: EmbedRequest, { options }: ChosenModel): number {
  const most = options.number('dimensions') ?? DEFAULTS.dimensions
  if (dimensions === undefined || dimensions <= most) return dimensions ?? most
  throw new VendorError(400, `Invalid value for 'dimensions': at most ${most}, not ${dimensions}.`, {
    param: 'dimensions',
  })
}
