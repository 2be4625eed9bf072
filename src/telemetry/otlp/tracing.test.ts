import { expect, test } from 'bun:test'
import { LIMITS } from '../../kit/limits.ts'
import type { TraceContext } from '../../exchange/trace-context.ts'
import { endedRequest } from '../ended-request.fixture.ts'
import type { EndedRequest } from '../ended-request.ts'
import { requestSpans } from './request-spans.ts'
import type { Sampling } from './sampling.ts'
import { createTracing } from './tracing.ts'

const NEVER: Sampling = { ratio: 0, errors: true, slowMs: 1_000, expensiveNanoUsd: 50_000_000n }

function ended(changes: Partial<EndedRequest> = {}): EndedRequest {
  return endedRequest({ trace: traceIn(1), ...changes })
}

function traceIn(number: number, more: Partial<TraceContext> = {}): TraceContext {
  const spanId = number.toString(16).padStart(16, '0')
  return { traceId: spanId + Bun.hash.xxHash64(spanId).toString(16).padStart(16, '0'), spanId, ...more }
}

/** A request of the house on behalf of `ended()`. */
function asked(): EndedRequest {
  return ended({
    purpose: 'judge',
    trace: { ...traceIn(1), spanId: '00000000000000ff', parentSpanId: traceIn(1).spanId },
  })
}

function open(sampling: Sampling) {
  const added: EndedRequest[] = []
  return { added, tracing: createTracing({ sampling, add: (request) => added.push(request) }) }
}

test('a share of traces is exported, about as large as was said', () => {
  const { added, tracing } = open({ ratio: 0.25, errors: false })
  for (let number = 1; number <= 2_000; number += 1) tracing.end(ended({ trace: traceIn(number) }))
  expect(added.length).toBeGreaterThan(400)
  expect(added.length).toBeLessThan(600)
})

test.each([
  ['failed', { outcome: 'provider-error' }, true],
  ['was slow', { durationMs: 1_000 }, true],
  ['was expensive', { costNanoUsd: 50_000_000n }, true],
  ['was cheap', { costNanoUsd: 49_999_999n }, false],
  ['went well', {}, false],
] as const)('beyond the share: a request that %s', (_name, changes, isExported) => {
  const { added, tracing } = open(NEVER)
  expect(tracing.end(ended(changes)) !== undefined).toBe(isExported)
  expect(added.length > 0).toBe(isExported)
})

test.each([true, false])('a client that has decided (%p) is followed', (sampled) => {
  const { added, tracing } = open({ ratio: sampled ? 0 : 1, errors: false })
  tracing.end(ended({ trace: traceIn(1, { sampled }) }))
  expect(added.length).toBe(sampled ? 1 : 0)
})

test.each([
  ['with it', { outcome: 'provider-error' }, 2],
  ['not at all', {}, 0],
] as const)('what was asked on behalf of a request is exported %s', (_name, changes, exported) => {
  const { added, tracing } = open(NEVER)
  tracing.end(asked())
  expect(added).toEqual([])
  tracing.end(ended(changes))
  expect(added.length).toBe(exported)
})

test('what waits for its request is bounded', () => {
  const { added, tracing } = open(NEVER)
  for (let count = 0; count < LIMITS.traceAsks + 5; count += 1) tracing.end(asked())
  tracing.end(ended({ outcome: 'provider-error' }))
  expect(added.length).toBe(LIMITS.traceAsks + 1)
})

test('times are nanoseconds, and a version of the conventions names what it knows', () => {
  const attempt = {
    id: 'att_1',
    target: 'one/a/b',
    credential: 'one/default',
    outcome: 'ok',
    startedMs: 0.5,
    durationMs: 4,
    firstEventMs: 2,
    basis: 'reported',
    simulated: false,
  } as const
  const [root, old] = requestSpans(ended({ attempts: [attempt] }), { version: '1.41' })
  const [, latest] = requestSpans(ended({ attempts: [attempt] }), { version: 'latest' })
  expect(root?.startTimeUnixNano).toBe('1767225600000250000')
  expect(old?.endTimeUnixNano).toBe('1767225600004750000')
  const names = (span = old): string[] => span?.attributes.map(({ key }) => key) ?? []
  expect(names(old)).not.toContain('gen_ai.request.stream')
  expect(names(latest)).toContain('gen_ai.request.stream')
  expect(latest?.name).toBe('chat a/b')
})
