import { isMixed, tokensOf } from '../../exchange/operations/inputs.ts'
import type { ModerateRequest, Verdicts } from '../../exchange/operations/moderate.ts'
import { answerWhole } from '../answer-whole.ts'
import { judgeText } from '../judge-text.ts'
import { moderate as card } from '../models/moderate.ts'
import { endVisit, hexOf } from '../visit.ts'
import { checkCount, chooseCard, readingUsage } from './chosen-card.ts'
import type { Serve } from './serve.ts'

/** Of images, as of omni-moderation (https://platform.openai.com/docs/guides/moderation). */
const DEFAULTS = { inputs: 2_048, images: 1 } as const

/** Verdicts by a list of words. Images are taken and nothing is seen in them. */
export const moderate: Serve<'moderate'> = {
  answer(visit, request) {
    const { options } = chooseCard(visit, request.model, card)
    const { inputs } = request
    checkCount(inputs.length, options.number('inputs') ?? DEFAULTS.inputs, 'input')
    checkCount(imagesIn(inputs), options.number('images') ?? DEFAULTS.images, 'input')
    const usage = readingUsage(inputs.map(tokensOf))
    const answer: Verdicts = {
      head: { model: request.model, responseId: `modr-${hexOf(visit.api, 'response', visit.ordinal)}` },
      items: inputs.map((input, index) => ({
        type: 'verdict',
        input: index,
        ...judgeText(textIn(input), imagesIn([input]) > 0),
      })),
      usage,
    }
    endVisit(visit, 'completed', usage)
    return answerWhole(visit, request, answer)
  },
}

type Input = ModerateRequest['inputs'][number]

function imagesIn(inputs: readonly Input[]): number {
  let images = 0
  for (const input of inputs)
    if (isMixed(input)) images += input.parts.filter(({ type }) => type === 'media').length
  return images
}

function textIn(input: Input): string {
  if (!isMixed(input)) return input
  return input.parts.map((part) => (part.type === 'text' ? part.text : '')).join(' ')
}
