import { blockFeatures } from '../chat-features.ts'
import type { MediaBlock, TextBlock } from '../content.ts'
import { estimateBlocksTokens, estimateExtraTokens, estimateTextTokens } from '../estimate.ts'
import type { SpineEvent, StartEvent } from '../event-spine.ts'
import { NO_FEATURES, type RequestFeatures } from '../features.ts'
import { NO_USAGE, type Usage } from '../usage.ts'
import type { Mutable } from '../../kit/mutable.ts'
import type { ContentEvent, Fold, Inputs, RequestSpine } from './operation-row.ts'

/*
 * Operations that are asked about a list of inputs and say something of each: what they have in common.
 */

/** Texts and images that are looked at together. */
export interface MixedInput {
  /** At least one. */
  readonly parts: readonly (TextBlock | MediaBlock)[]
}

/** A text, its tokens in the vocabulary of the model, or a mixture. */
export type Input = string | readonly number[] | MixedInput

/** True for texts and images in one. */
export function isMixed(input: Input): input is MixedInput {
  return typeof input === 'object' && 'parts' in input
}

/** Asks about a list of inputs. */
interface ListRequest extends RequestSpine {
  readonly inputs: readonly Input[]
}

/** What is said of an input. */
interface InputContent extends ContentEvent {
  /** Which one, from 0. */
  readonly input: number
}

/** All that an answer says of the inputs, in their order. */
export interface ListAnswer<Content> {
  readonly head: Omit<StartEvent, 'type'>
  readonly items: readonly Content[]
  readonly usage: Usage
}

/**
 * What a request about a list needs: each input has to fit into the context by itself. Pure; O(size of the request).
 *
 * @param sizes the tokens of each input
 */
export function listFeatures(
  { inputs, extra }: ListRequest,
  sizes: readonly number[] = inputs.map(tokensOf),
): RequestFeatures {
  const features: Mutable<RequestFeatures> = {
    ...NO_FEATURES,
    furtherInputTokens: estimateExtraTokens(extra),
  }
  let atOnceTokens = 0
  for (const [index, input] of inputs.entries()) {
    const tokens = sizes[index] ?? 0
    features.inputTokens += tokens
    atOnceTokens = Math.max(atOnceTokens, tokens)
    if (isMixed(input)) blockFeatures(input.parts, features)
  }
  features.atOnceTokens = atOnceTokens
  return features
}

/** The tokens of an input, estimated. */
export function tokensOf(input: Input): number {
  if (typeof input === 'string') return estimateTextTokens(input)
  return isMixed(input) ? estimateBlocksTokens(input.parts) : input.length
}

/** How a request about a list is taken apart. */
export function listInputs<Request extends ListRequest, Content extends InputContent>(): Inputs<
  Request,
  Content
> {
  return {
    most: 'batchInputs',
    field: 'input',
    tokens: ({ inputs }) => inputs.map(tokensOf),
    slice: (request, from, to) => ({ ...request, inputs: request.inputs.slice(from, to) }),
    shift: (content, by) => ({ ...content, input: content.input + by }),
  }
}

/** Folds what is said of inputs to the list of it. */
export function createListFold<Content extends InputContent>(
  type: Content['type'],
): Fold<Content, ListAnswer<Content>> {
  return new ListFold(type)
}

class ListFold<Content extends InputContent> implements Fold<Content, ListAnswer<Content>> {
  readonly #type: Content['type']
  #head: Omit<StartEvent, 'type'> = {}
  readonly #items: Content[] = []
  #usage = NO_USAGE

  constructor(type: Content['type']) {
    this.#type = type
  }

  push(event: SpineEvent | Content): void {
    if (isSaid(event, this.#type)) this.#items.push(event)
    else if (event.type === 'usage') this.#usage = event.usage
    else if (event.type === 'start') {
      const { type: _type, ...head } = event
      this.#head = head
    }
  }

  result(): ListAnswer<Content> {
    const items = this.#items.toSorted((left, right) => left.input - right.input)
    return { head: this.#head, items, usage: this.#usage }
  }
}

function isSaid<Content extends ContentEvent>(
  event: SpineEvent | Content,
  type: Content['type'],
): event is Content {
  return event.type === type
}
