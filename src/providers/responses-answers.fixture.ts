import fc from 'fast-check'
import type { JsonObject } from '../kit/json.ts'

/** What an item of the output says. */
interface Item {
  readonly kind: 'text' | 'refusal' | 'reasoning' | 'function_call' | 'custom_tool_call'
  readonly text: string
  readonly name: string
  readonly proof: boolean
}

const itemArbitrary: fc.Arbitrary<Item> = fc.record({
  kind: fc.constantFrom('text', 'refusal', 'reasoning', 'function_call', 'custom_tool_call'),
  text: fc.oneof(
    fc.string({ maxLength: 12, unit: 'grapheme' }),
    fc.constantFrom('', 'not json', '{"a":', '{ "a" : 1e400 }', '{"input":"cut', '\u2028"\\'),
  ),
  name: fc.constantFrom('f', 'patch', 'unknown'),
  proof: fc.boolean(),
})

/** Answers of Responses in both forms: whole, and as the events of a stream. */
export const responsesArbitrary = fc
  .record({
    items: fc.array(itemArbitrary, { maxLength: 4 }),
    status: fc.constantFrom('completed', 'incomplete', 'failed'),
    error: fc.constantFrom('server_error', 'rate_limit_exceeded', 'invalid_encrypted_content'),
    input: fc.nat(1e6),
    output: fc.nat(1e6),
    /** Servers that leave out the pieces, or the whole items at the end. */
    pieces: fc.boolean(),
    repeats: fc.boolean(),
  })
  .map(({ items, status, error, input, output, pieces, repeats }) => {
    const written = items.map(writeItem)
    const response = {
      id: 'resp_1',
      model: 'm',
      status,
      error: status === 'failed' ? { code: error, message: 'It went wrong.' } : null,
      incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
      usage: { input_tokens: input, output_tokens: output, total_tokens: input + output },
    }
    const frames = [
      event('response.created', { response: { id: 'resp_1', model: 'm', status: 'in_progress' } }),
      ...items.flatMap((item, place) => framesOf(item, { place, whole: written[place] ?? {}, pieces })),
      event(`response.${status}`, { response: repeats ? { ...response, output: written } : response }),
    ]
    return { body: JSON.stringify({ ...response, output: written }), frames }
  })

function writeItem({ kind, text, name, proof }: Item, place: number): JsonObject {
  const id = `item_${place}`
  const call = { type: kind, id, call_id: `call_${place}`, name }
  switch (kind) {
    case 'text':
      return {
        type: 'message',
        id,
        role: 'assistant',
        content: [{ type: 'output_text', text, annotations: [] }],
      }
    case 'refusal':
      return { type: 'message', id, role: 'assistant', content: [{ type: 'refusal', refusal: text }] }
    case 'reasoning': {
      const summary = text === '' ? [] : [{ type: 'summary_text', text }]
      return { type: 'reasoning', id, summary, ...(proof ? { encrypted_content: 'proof' } : {}) }
    }
    case 'function_call':
      return { ...call, arguments: text }
    case 'custom_tool_call':
      return { ...call, input: text }
  }
}

const DELTAS = {
  text: 'response.output_text.delta',
  refusal: 'response.refusal.delta',
  reasoning: 'response.reasoning_summary_text.delta',
  function_call: 'response.function_call_arguments.delta',
  custom_tool_call: 'response.custom_tool_call_input.delta',
} as const

interface Told {
  readonly place: number
  readonly whole: JsonObject
  readonly pieces: boolean
}

function framesOf({ kind, text }: Item, { place, whole, pieces }: Told): readonly string[] {
  const at = { output_index: place }
  const opened = { ...whole, content: [], summary: [], arguments: '', input: '', encrypted_content: null }
  const deltas = pieces ? Array.from(text).map((delta) => event(DELTAS[kind], { ...at, delta })) : []
  return [
    event('response.output_item.added', { ...at, item: opened }),
    ...deltas,
    event('response.output_item.done', { ...at, item: whole }),
  ]
}

function event(type: string, members: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`
}
