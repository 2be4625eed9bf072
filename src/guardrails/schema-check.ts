import type { Ask } from '../exchange/ask.ts'
import type { ChatRequest, Turn } from '../exchange/chat.ts'
import type { Choice } from '../exchange/collect.ts'
import type { Block } from '../exchange/content.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { withinFence } from '../kit/fence.ts'
import type { FitsSchema } from '../kit/fits-schema.ts'
import { parseJsonValue, type JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { CannotTell, type Check, type Checked, type CheckFinding } from './check.ts'

/** What an answer has to fit. */
interface AnswerSchema {
  readonly fits: FitsSchema
  /** Absent: any JSON does. */
  readonly schema?: JsonObject
}

/** What the answer to a request has to fit; undefined where that is nothing. */
export type ReadSchema = (request: ChatRequest) => AnswerSchema | undefined

/** Why an answer does not fit: by the name under which that is counted, and in words for the model. */
interface Misfit {
  readonly name: 'no-json' | 'breaks-schema'
  readonly told: string
}

/** Judges whether answers are JSON that fits a schema, and has one that does not written once more where that is wished. */
export class SchemaCheck implements Check {
  readonly mends: boolean
  readonly #read: ReadSchema

  constructor(read: ReadSchema, mends: boolean) {
    this.#read = read
    this.mends = mends
  }

  async judge({ exchange, answer, ask, mayMend }: Checked): Promise<CheckFinding> {
    const { request } = exchange
    const wanted = request.operation === 'chat' ? this.#read(request) : undefined
    if (request.operation !== 'chat' || wanted === undefined || answer === undefined) return {}
    const found: Record<string, number> = {}
    const failing: { readonly choice: Choice; readonly misfit: Misfit }[] = []
    for (const choice of answer.choices) {
      const misfit = isAnswer(choice) ? misfitOf(textOf(choice.blocks), wanted) : undefined
      if (misfit === undefined) continue
      failing.push({ choice, misfit })
      found[misfit.name] = (found[misfit.name] ?? 0) + 1
    }
    const [first, ...more] = failing
    if (first === undefined) return {}
    const { choice, misfit } = first
    const said = textOf(choice.blocks)
    // Of several that fail it would not be clear which one is asked about; and where nothing was said, nothing can take its place.
    if (!this.mends || mayMend !== true || more.length > 0 || said.trim() === '') return { found }
    const mended = await mend({ request, exchange, wanted, ask }, said, misfit)
    return mended === undefined ? { found } : { found, instead: insteadOf(choice, mended) }
  }
}

/** A call is no answer yet, and a refusal is another one. */
function isAnswer({ blocks }: Choice): boolean {
  return (
    textOf(blocks).trim() !== '' || !blocks.some(({ type }) => type === 'tool-call' || type === 'refusal')
  )
}

function textOf(blocks: readonly Block[]): string {
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

/** Throws where nobody can tell. */
function misfitOf(text: string, { fits }: AnswerSchema): Misfit | undefined {
  const parsed = parseJsonValue(text)
  if (parsed === undefined) return { name: 'no-json', told: 'It is no valid JSON.' }
  const fit = fits(parsed.value)
  if (fit.fits === 'unknown') throw new CannotTell('the schema cannot be judged by')
  if (fit.fits !== 'no') return undefined
  return { name: 'breaks-schema', told: `It breaks "${fit.keyword}" of the schema, at ${fit.at}.` }
}

interface Mending {
  readonly request: ChatRequest
  readonly exchange: Exchange
  readonly wanted: AnswerSchema
  readonly ask: Ask | undefined
}

/** An answer that fits; undefined where the model does not give one either. What merely stands in a fence is nobody asked about. */
async function mend(
  { request, exchange, wanted, ask }: Mending,
  said: string,
  misfit: Misfit,
): Promise<string | undefined> {
  const unwrapped = withinFence(said)
  if (unwrapped !== undefined && misfitOf(unwrapped, wanted) === undefined) return unwrapped
  if (ask === undefined) return undefined
  try {
    const again = askAgain(exchange, request, { said, told: tellMisfit(misfit, wanted) })
    const { choices } = await ask({ request: again, purpose: 'repair', parent: exchange })
    const text = textOf(choices[0]?.blocks ?? [])
    return misfitOf(text, wanted) === undefined ? text : undefined
  } catch {
    // It is known what is wrong with the first answer, whatever came of asking for another.
    return undefined
  }
}

function tellMisfit({ told }: Misfit, { schema }: AnswerSchema): string {
  const text = schema === undefined ? '' : JSON.stringify(schema)
  const shown = text === '' || text.length > LIMITS.rubricCharacters ? '' : ` This is the schema: ${text}`
  return `That answer cannot be used. ${told}${shown} Give the whole answer again, as JSON and nothing else.`
}

function askAgain(
  { trail }: Exchange,
  { choices: _choices, ...request }: ChatRequest,
  { said, told }: { readonly said: string; readonly told: string },
): ChatRequest {
  const { route } = trail
  const turns: readonly Turn[] = [
    ...request.turns,
    { role: 'assistant', blocks: [{ type: 'text', text: said }] },
    { role: 'user', blocks: [{ type: 'text', text: told }] },
  ]
  return {
    ...request,
    // Whoever was led to a route by a match would not be by the same name again.
    model: route === undefined || route.includes('*') ? request.model : route,
    stream: false,
    turns,
    ...(request.tools === undefined ? {} : { toolChoice: { type: 'none' } }),
  }
}

/** The first text stands for all that the choice says in words. */
function insteadOf({ blocks }: Choice, mended: string): ReadonlyMap<string, string> {
  const texts = blocks.flatMap((block) =>
    block.type === 'text' && block.text.trim() !== '' ? [block.text] : [],
  )
  return new Map(texts.map((text, index) => [text, index === 0 ? mended : '']))
}
