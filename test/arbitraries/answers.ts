import fc from 'fast-check'
import type { ChatEvent, FinishReason } from '../../src/exchange/chat-content.ts'
import type { Block, Citation, Signature } from '../../src/exchange/content.ts'
import { explode } from '../../src/exchange/explode.fixture.ts'
import type { Choice } from '../../src/exchange/collect.ts'
import { argumentsArbitrary, callIdArbitrary, nameArbitrary, textArbitrary, usageArbitrary } from './chat.ts'

/*
 * Answers as providers of any dialect may give them: several choices, calls whose pieces are interleaved, proofs of own and of other
 * families, texts cut anywhere.
 */

const foreign = fc.record({
  family: fc.constant('elsewhere'),
  scheme: fc.constant('thought'),
  value: fc.stringMatching(/^[A-Za-z0-9+/]{8,20}$/),
})

/** A proof that belongs to what can be read, or that is all there is of a thought. */
const signaturesOf = (scheme: 'signature' | 'redacted-thinking'): fc.Arbitrary<Signature> =>
  fc.oneof(
    foreign,
    foreign.map(({ value }) => ({ family: 'anthropic', scheme, value })),
  )

const citations: fc.Arbitrary<Citation> = fc.oneof(
  fc.record({ url: fc.constantFrom('https://example.com/a', 'https://example.com/b'), title: textArbitrary }),
  fc.record({ text: textArbitrary }),
)

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 3 })

const texts: fc.Arbitrary<Block> = fc
  .record({ text: textArbitrary, citations: maybe(fc.array(citations, { minLength: 1, maxLength: 2 })) })
  .map(({ text, citations: cited }) => ({
    type: 'text',
    text,
    ...(cited === undefined ? {} : { citations: cited }),
  }))

const thoughts: fc.Arbitrary<Block> = fc.oneof(
  fc
    .record({
      text: textArbitrary,
      form: fc.constantFrom('full' as const, 'summary' as const),
      signature: maybe(signaturesOf('signature')),
    })
    .map(({ text, form, signature }) => ({
      type: 'reasoning' as const,
      text,
      form,
      ...(signature === undefined ? {} : { signature }),
    })),
  signaturesOf('redacted-thinking').map((signature) => ({
    type: 'reasoning' as const,
    text: '',
    form: 'hidden' as const,
    signature,
  })),
)

const calls: fc.Arbitrary<Block> = fc
  .record({
    id: callIdArbitrary,
    name: nameArbitrary,
    said: fc.oneof(
      argumentsArbitrary.map((text) => ({ form: 'json' as const, arguments: text })),
      textArbitrary.map((text) => ({ form: 'text' as const, arguments: text })),
      // A model may write anything.
      fc
        .constantFrom('', 'null', '[1]', '{"cut":')
        .map((text) => ({ form: 'json' as const, arguments: text })),
    ),
    signature: maybe(foreign),
  })
  .map(({ id, name, said, signature }) => ({
    type: 'tool-call',
    id,
    name,
    ...said,
    ...(signature === undefined ? {} : { signature }),
  }))

const others: fc.Arbitrary<Block> = fc.oneof(
  textArbitrary.map((text): Block => ({ type: 'refusal', text })),
  fc.constant<Block>({ type: 'native', family: 'elsewhere', raw: { type: 'odd' } }),
  fc.constant<Block>({
    type: 'media',
    kind: 'image',
    source: { from: 'url', url: 'https://example.com/a.png' },
  }),
)

const blocks: fc.Arbitrary<Block> = fc.oneof(
  { weight: 3, arbitrary: texts },
  { weight: 2, arbitrary: thoughts },
  { weight: 3, arbitrary: calls },
  { weight: 1, arbitrary: others },
)

const choices: fc.Arbitrary<Omit<Choice, 'index'>> = fc
  .record({
    blocks: fc.uniqueArray(blocks, {
      maxLength: 5,
      selector: (block) => (block.type === 'tool-call' ? block.id : block),
    }),
    cut: fc.boolean(),
  })
  .map(({ blocks: said, cut }) => {
    // Some wires keep a refusal apart from the text that it followed.
    const refusals = said.filter(({ type }) => type === 'refusal')
    const inOrder = [...alike(said).filter(({ type }) => type !== 'refusal'), ...refusals]
    return { blocks: inOrder, logprobs: [], finish: finishOf(inOrder, cut) }
  })

/** A provider proves all thoughts of an answer or none. */
function alike(said: readonly Block[]): readonly Block[] {
  const provesAll = said.every((block) => block.type !== 'reasoning' || block.signature !== undefined)
  if (provesAll) return said
  return said.flatMap((block): Block[] => {
    if (block.type !== 'reasoning') return [block]
    const { signature: _signature, ...bare } = block
    return block.form === 'hidden' ? [] : [bare]
  })
}

function finishOf(said: readonly Block[], cut: boolean): NonNullable<Choice['finish']> {
  const reason: FinishReason = cut
    ? 'length'
    : said.some(({ type }) => type === 'tool-call')
      ? 'tool-calls'
      : said.some(({ type }) => type === 'refusal')
        ? 'refusal'
        : 'stop'
  return { type: 'finish', choice: 0, reason }
}

/** How many answers a client asks for whose provider gives these. */
export const MOST_CHOICES = 2

/** The events of an answer. */
export const answerArbitrary: fc.Arbitrary<readonly ChatEvent[]> = fc
  .record({
    choices: fc.array(choices, { minLength: 1, maxLength: MOST_CHOICES }),
    usage: usageArbitrary,
    order: fc.array(fc.nat(7), { minLength: 1, maxLength: 12 }),
  })
  .map(({ choices: said, usage, order }) => {
    const whole = said.map((choice, index) => ({
      ...choice,
      index,
      finish: { ...finishOf(choice.blocks, choice.finish?.reason === 'length'), choice: index },
    }))
    const events = explode({ responseId: 'r', model: 'm', choices: whole, usage })
    return shuffle(
      events.flatMap((event) => cutPieces(event, order)),
      order,
    )
  })

/** Texts in pieces, cut where the order says. */
function cutPieces(event: ChatEvent, order: readonly number[]): ChatEvent[] {
  if (!('text' in event)) return [event]
  const pieces: ChatEvent[] = []
  const characters = Array.from(event.text)
  for (let at = 0, turn = 0; at < characters.length; turn += 1) {
    const size = 1 + (order[turn % order.length] ?? 0)
    pieces.push({ ...event, text: characters.slice(at, at + size).join('') })
    at += size
  }
  return pieces
}

/** Events of calls may be told behind those of the blocks that follow; what is said of one block keeps its order. */
function shuffle(events: readonly ChatEvent[], order: readonly number[]): readonly ChatEvent[] {
  const told = [...events]
  for (let turn = 0; turn < told.length - 1; turn += 1) {
    if ((order[turn % order.length] ?? 0) % 2 === 0) continue
    const [first, second] = [told[turn], told[turn + 1]]
    if (first === undefined || second === undefined || !maySwap(first, second, told)) continue
    told[turn] = second
    told[turn + 1] = first
  }
  return told
}

const ARGUMENTS: ReadonlySet<string> = new Set(['arguments-delta', 'signature', 'block-end'])

function maySwap(first: ChatEvent, second: ChatEvent, told: readonly ChatEvent[]): boolean {
  if (!('index' in first) || !('index' in second) || !ARGUMENTS.has(first.type)) return false
  const isOfCall = told.some(
    (event) =>
      event.type === 'block-start' &&
      event.choice === first.choice &&
      event.index === first.index &&
      event.block.type === 'tool-call',
  )
  return isOfCall && (first.index !== second.index || first.choice !== second.choice)
}
