import { expect, test } from 'bun:test'
import { sampleCaller } from '../exchange/caller.fixture.ts'
import type { Constraint } from '../exchange/constraint.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { ChunkSource } from '../exchange/response.ts'
import { createIds } from '../kit/ids.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../kit/random.ts'
import { answer, playSource, respond, sampleExchange } from '../policies/samples.fixture.ts'
import { sampleChat, sampleTarget } from '../routing/samples.fixture.ts'
import { askOn } from './ask.ts'
import { InFlight, type Way } from './pipeline.ts'

const REQUEST = sampleChat({ model: 'judge', stream: false })

const NOBODY: Constraint = { by: 'key ci', text: 'region mars', allows: () => false }

/** A way on which every question gets the same response. */
function createWorld(source: ChunkSource) {
  const clock = createManualClock()
  const inFlight = new InFlight()
  const asked: Exchange[] = []
  const way: Way = {
    authenticate: () => sampleCaller(),
    admit: (exchange) => exchange,
    async answer(exchange) {
      asked.push(exchange)
      return respond(sampleTarget('one/a'), source)
    },
    clock,
    inFlight,
  }
  const parent = sampleExchange({ id: 'req_parent', deadlineAtMs: 7, only: [NOBODY] })
  const ids = createIds(clock, createSeededRandom(1))
  return {
    parent,
    asked,
    inFlight,
    ask: () => askOn(way, ids, { request: REQUEST, purpose: 'judge', parent }),
  }
}

test('a question is an exchange of its own: by its parent’s caller, in its parent’s time, without its parent’s words', async () => {
  const { ask, asked, parent, inFlight } = createWorld(playSource([answer('Yes.')]))
  const { choices } = await ask()
  expect(choices[0]?.blocks).toMatchObject([{ type: 'text', text: 'Yes.' }])
  expect(asked[0]).toMatchObject({
    request: REQUEST,
    caller: parent.caller,
    deadlineAtMs: 7,
    requestOptions: {},
    asked: { purpose: 'judge', parentId: 'req_parent' },
  })
  expect(asked[0]?.signal).toBe(parent.signal)
  expect(asked[0]?.only).toEqual([NOBODY])
  expect(asked[0]?.id).not.toBe(parent.id)
  expect(asked[0]).not.toHaveProperty('raw')
  expect(inFlight.count).toBe(0)
})

test('an answer that cannot be read to its end is stopped, and the question is over', async () => {
  const source = playSource([answer().slice(0, 3), () => Promise.reject(new TypeError('a defect'))])
  const { ask, inFlight } = createWorld(source)
  expect(await ask().catch((thrown: unknown) => thrown)).toMatchObject({ code: 'internal' })
  expect(source.cancelledBy).toMatchObject({ code: 'internal' })
  expect(inFlight.count).toBe(0)
})
