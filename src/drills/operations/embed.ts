import { estimateTextTokens } from '../../exchange/estimate.ts'
import type { Embeddings, EmbedRequest } from '../../exchange/operations/embed.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import { answerWhole } from '../answer-whole.ts'
import { embedders } from '../models/all.ts'
import { textVector } from '../text-vector.ts'
import { VendorError } from '../vendor-error.ts'
import type { Vendor } from '../vendors/vendor.ts'
import { endVisit } from '../visit.ts'
import { chooseModel, type ChosenModel } from '../write-scripts.ts'
import type { Serve } from './serve.ts'

const EMBEDDERS = new Map(embedders.map((model) => [model.name, model]))
const DEFAULTS = { dimensions: 256, context: 8_192, inputs: 2_048 } as const

/** Vectors of unit length, near each other where texts share words or parts of words; the same text always has the same. */
export const embed: Serve<'embed'> = {
  answer(visit, request) {
    const { vendor } = visit.api
    const chosen = chooseModel(request.model, EMBEDDERS, vendor)
    const status = chosen.options.number('error')
    if (status !== undefined) throw vendor.statusError(status)
    const sizes = request.inputs.map((input) =>
      typeof input === 'string' ? estimateTextTokens(input) : input.length,
    )
    checkSizes(sizes, chosen, vendor)
    const dimensions = dimensionsOf(request, chosen)
    const usage = { ...NO_USAGE, inputTokens: sizes.reduce((sum, size) => sum + size, 0) }
    const answer: Embeddings = {
      head: { model: request.model },
      vectors: request.inputs.map((input, index) => ({
        type: 'vector',
        input: index,
        encoding: 'float',
        values: textVector(input, dimensions),
      })),
      usage,
    }
    endVisit(visit, 'completed', usage)
    return answerWhole(visit, request, answer)
  },
}

function checkSizes(sizes: readonly number[], { options }: ChosenModel, vendor: Vendor): void {
  const most = options.number('inputs') ?? DEFAULTS.inputs
  if (sizes.length > most)
    throw new VendorError(400, `Invalid 'input': at most ${most} inputs are taken, not ${sizes.length}.`, {
      param: 'input',
    })
  const limitTokens = options.number('context') ?? DEFAULTS.context
  const inputTokens = Math.max(...sizes)
  if (inputTokens > limitTokens) throw vendor.contextOverflow({ inputTokens, outputTokens: 0, limitTokens })
}

function dimensionsOf({ dimensions }: EmbedRequest, { options }: ChosenModel): number {
  const most = options.number('dimensions') ?? DEFAULTS.dimensions
  if (dimensions === undefined || dimensions <= most) return dimensions ?? most
  throw new VendorError(400, `Invalid value for 'dimensions': at most ${most}, not ${dimensions}.`, {
    param: 'dimensions',
  })
}
