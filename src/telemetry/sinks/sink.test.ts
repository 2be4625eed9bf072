import { expect, test } from 'bun:test'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createTelemetry } from '../log.ts'
import { createRegistry } from '../registry.ts'
import { writeMetrics } from '../prometheus.ts'
import { DELIVERED, type Delivery } from './delivery.ts'
import { Sink } from './sink.ts'

const EVERY_MS = 5_000

/** A sink whose deliveries end as the test says. */
function open(answers: (Delivery | Promise<Delivery>)[]) {
  const clock = createManualClock()
  const registry = createRegistry()
  const lines: string[] = []
  const telemetry = createTelemetry({
    registry,
    level: 'info',
    nowMs: () => clock.nowMs(),
    write: (line) => void lines.push(line),
  })
  const batches: number[][] = []
  const sink = new Sink<number>({
    name: 'test',
    everyMs: EVERY_MS,
    clock,
    telemetry,
    async deliver(batch) {
      batches.push([...batch])
      return answers.shift() ?? DELIVERED
    },
  })
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms)
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
  }
  return { sink, batches, lines, pass, metrics: () => writeMetrics(registry.read()) }
}

test('things are gathered, and delivered together when their time has come', async () => {
  const { sink, batches, pass } = open([])
  sink.add(1)
  sink.add(2)
  await pass(EVERY_MS - 1)
  expect(batches).toEqual([])
  await pass(1)
  expect(batches).toEqual([[1, 2]])
})

test('a full batch does not wait', async () => {
  const { sink, batches, pass } = open([])
  for (let item = 0; item < LIMITS.sinkBatch; item += 1) sink.add(item)
  await pass(0)
  expect(batches).toHaveLength(1)
})

test('what could not be delivered is tried again, later and later, and that is told', async () => {
  const unavailable: Delivery = { result: 'unavailable', why: 'status 503' }
  const { sink, batches, lines, pass, metrics } = open([unavailable, unavailable, DELIVERED])
  sink.add(1)
  await pass(EVERY_MS)
  expect([sink.stalledMs, sink.refusal]).toEqual([0, 'status 503'])
  await pass(1_000)
  expect(batches).toHaveLength(2)
  await pass(1_000)
  expect(batches).toHaveLength(2)
  expect(sink.stalledMs).toBe(2_000)
  await pass(1_000)
  expect(batches).toEqual([[1], [1], [1]])
  expect([sink.stalledMs, sink.refusal]).toEqual([0, undefined])
  expect(metrics()).toContain('gatehouse_sink_delivery_total{sink="test",result="unavailable"} 2')
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(['warn', 'info'])
})

test('what is refused is not tried again: it is counted and left behind', async () => {
  const { sink, batches, pass, metrics } = open([{ result: 'refused', why: 'status 400' }])
  sink.add(1)
  await pass(EVERY_MS)
  sink.add(2)
  await pass(EVERY_MS)
  expect(batches).toEqual([[1], [2]])
  expect(metrics()).toContain('gatehouse_sink_dropped_total{sink="test",reason="refused"} 1')
})

test('what the collector says that it did not take is counted', async () => {
  const { sink, pass, metrics } = open([{ result: 'delivered', rejected: 3 }])
  sink.add(1)
  await pass(EVERY_MS)
  expect(metrics()).toContain('gatehouse_sink_dropped_total{sink="test",reason="rejected"} 3')
})

test('one that hangs holds a bounded number of things, and whoever adds more does not wait', async () => {
  const { sink, batches, pass, metrics } = open([new Promise<Delivery>(() => undefined)])
  sink.add(0)
  await pass(EVERY_MS)
  for (let item = 0; item < LIMITS.sinkItems + 9; item += 1) sink.add(item)
  await pass(EVERY_MS * 10)
  expect(batches).toHaveLength(1)
  expect(metrics()).toContain(`gatehouse_sink_queue_items{sink="test"} ${LIMITS.sinkItems}`)
  expect(metrics()).toContain('gatehouse_sink_dropped_total{sink="test",reason="queue"} 10')
})

test('at the end what is there is delivered once more', async () => {
  const { sink, batches } = open([])
  sink.add(1)
  await sink.close()
  expect(batches).toEqual([[1]])
})

test('what could not be delivered comes again as the same batch, whatever was added meanwhile', async () => {
  const { sink, batches, pass } = open([{ result: 'unavailable', why: 'status 503' }])
  sink.add(1)
  await pass(EVERY_MS)
  sink.add(2)
  await pass(1_000)
  await pass(EVERY_MS)
  expect(batches).toEqual([[1], [1], [2]])
})

test('a batch that cannot be written is lost, and nothing else', async () => {
  const { sink, batches, pass, metrics } = open([Promise.reject(new Error('a defect'))])
  sink.add(1)
  await pass(EVERY_MS)
  sink.add(2)
  await pass(EVERY_MS)
  expect(batches).toEqual([[1], [2]])
  expect([sink.lost, sink.delivered]).toEqual([1, 1])
  expect(metrics()).toContain('gatehouse_sink_dropped_total{sink="test",reason="refused"} 1')
})

test('at the end everything is delivered, batch by batch; what a failing place does not take is lost and told', async () => {
  const all = open([])
  for (let item = 0; item < LIMITS.sinkBatch + 1; item += 1) all.sink.add(item)
  await all.sink.close()
  expect(all.batches.map(({ length }) => length)).toEqual([LIMITS.sinkBatch, 1])
  const failing = open([{ result: 'unavailable', why: 'status 503' }])
  failing.sink.add(1)
  await failing.pass(EVERY_MS)
  await failing.sink.close()
  expect([failing.sink.waiting, failing.sink.lost]).toEqual([0, 1])
  expect(failing.lines.at(-1)).toContain('is lost')
})
