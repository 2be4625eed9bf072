import { expect, test } from 'bun:test'
import { spanIdOf, traceOf, traceparentOf } from './trace-context.ts'
import { defined } from '../kit/defined.ts'
import { sampleEnvelope } from './envelope.fixture.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const ID = 'req_01JD3K5E8QZ4X7V9T2M6N0P1R8'

function traceWith(traceparent: string | undefined) {
  return traceOf({ id: ID, envelope: sampleEnvelope(defined({ traceparent })) })
}

test('a client that is in a trace has its request in it', () => {
  const told = traceWith(`00-${TRACE}-${SPAN}-01`)
  expect(told).toEqual({ traceId: TRACE, parentSpanId: SPAN, spanId: spanIdOf(ID), sampled: true })
  expect(traceWith(`00-${TRACE}-${SPAN}-00`).sampled).toBe(false)
})

test('a later version of the standard is read as far as it is known', () => {
  expect(traceWith(`cc-${TRACE}-${SPAN}-01-more`).traceId).toBe(TRACE)
})

test.each([
  undefined,
  '',
  'nonsense',
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01${' '.repeat(1_000)}`,
])('without a context, or with one that is none (%p), the trace is the id of the request', (traceparent) => {
  const own = traceWith(traceparent)
  expect(own).toEqual({ traceId: own.traceId, spanId: spanIdOf(ID) })
  expect(own.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(own.traceId).toBe(traceWith(undefined).traceId)
})

test('what the house asks stands under the request that it asks for', () => {
  const asked = traceOf({
    id: 'req_01JD3K5E8QZ4X7V9T2M6N0P1R9',
    asked: { purpose: 'judge', parentId: ID },
    envelope: sampleEnvelope(),
  })
  expect(asked).toMatchObject({ traceId: traceWith(undefined).traceId, parentSpanId: spanIdOf(ID) })
})

test('a provider is told of the attempt as its parent', () => {
  const header = traceparentOf({ traceId: TRACE, sampled: false }, 'att_1')
  expect(header).toBe(`00-${TRACE}-${spanIdOf('att_1')}-00`)
})
