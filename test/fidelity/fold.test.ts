import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { JsonObject } from '../../src/kit/json.ts'
import { GRAMMARS } from '../grammar/all.ts'
import { CELLS, openHouse, type Cell, type House } from './house.ts'
import type { Mode } from '../modes.ts'
import type { Reply, TalkSettings } from './talk.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** Every dialect at every target, by its official SDK. */
const PAIRS = CELLS.filter(({ client, mode }) => mode === 'unary' && !client.name.startsWith('ai/')).map(
  (cell) => ({ ...cell, name: `${cell.client.name} → ${cell.target}` }),
)

interface Scenario {
  readonly what: string
  readonly model: string
  readonly settings?: Partial<TalkSettings>
  readonly images?: readonly string[]
  /** The tools' results are sent, and the answer to them is what counts. */
  readonly reports?: boolean
}

const place = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools = [
  { name: 'get_weather', description: 'Gives the weather.', parameters: place },
  { name: 'get_time', description: 'Gives the time.', parameters: place },
]
const schema = { ...place, additionalProperties: false }
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const SCENARIOS: readonly Scenario[] = [
  { what: 'text', model: 'smart' },
  { what: 'a system prompt', model: 'smart', settings: { system: 'Be brief.' } },
  { what: 'a call', model: 'tools', settings: { tools: tools.slice(0, 1) } },
  { what: 'calls', model: 'tools', settings: { tools } },
  { what: 'results', model: 'tools', settings: { tools }, reports: true },
  { what: 'an image', model: 'vision', images: [PIXEL] },
  { what: 'a schema', model: 'json', settings: { schema } },
  { what: 'reasoning', model: 'reason', settings: { reasoning: true } },
  { what: 'cached input', model: 'smart?cached=4' },
  { what: 'a limit', model: 'long', settings: { maxTokens: 23 } },
  { what: 'a stop sequence', model: 'stop', settings: { stop: '###' } },
  { what: 'a refusal', model: 'refuse' },
  { what: 'nothing', model: 'empty' },
]

async function play({ client, target }: Cell, scenario: Scenario, mode: Mode): Promise<Reply> {
  const talk = client.open(house, { model: `${target}/${scenario.model}`, mode, ...scenario.settings })
  const reply = await talk.say('Tell me about gatehouses.', scenario.images)
  if (scenario.reports !== true) return reply
  return talk.report(reply.calls.map(({ id, name }) => ({ id, name, text: 'fine' })))
}

/** SDKs add fields of their own to requests for streams, whose loss says nothing about the answer. */
const isOurs = (notice: string): boolean => notice !== 'unknown.dropped'

/** What differs between two requests that are otherwise the same. */
const VOLATILE: ReadonlySet<string> = new Set([
  'id',
  'at',
  'stream',
  'duration_ms',
  'first_event_ms',
  'upstream_ms',
  'attempts',
  'notices',
  'decision',
  'decision_id',
  'attempt_rows',
])

function lasting(row: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(row).filter(([key]) => !VOLATILE.has(key)))
}

async function recorded(requestId: string): Promise<readonly JsonObject[]> {
  const { request, attempts } = await house.row(requestId)
  return [lasting(request), ...attempts.map(lasting)]
}

describe.each([...PAIRS])('streamed and at once are the same: $name', (cell) => {
  const played: { readonly what: string; readonly unary: Reply; readonly stream: Reply }[] = []

  test.each([...SCENARIOS])('$what: message and usage', async (scenario) => {
    const unary = await play(cell, scenario, 'unary')
    const stream = await play(cell, scenario, 'stream')
    const { wire: _unaryWire, ...whole } = unary
    const { wire: _streamWire, ...folded } = stream
    expect(folded).toEqual(whole)
    expect(GRAMMARS[cell.client.dialect](await stream.wire.text)).toEqual([])
    expect(stream.wire.notices.filter(isOurs)).toEqual(unary.wire.notices.filter(isOurs))
    played.push({ what: scenario.what, unary, stream })
  })

  test('every scenario: lines of the log and rows of the ledger', async () => {
    expect(played).toHaveLength(SCENARIOS.length)
    for (const { what, unary, stream } of played) {
      const whole = await recorded(unary.wire.requestId)
      expect({ what, rows: await recorded(stream.wire.requestId) }).toEqual({ what, rows: whole })
      expect(whole.length).toBe(2)
    }
  })
})
