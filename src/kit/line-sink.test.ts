import { expect, test } from 'bun:test'
import { createLineSink } from './line-sink.ts'
import { createManualClock } from './manual-clock.fixture.ts'

/** A place to write to that answers when it is told to. */
function openTrial(maxCharacters = 100) {
  const clock = createManualClock()
  const written: string[] = []
  const answers: PromiseWithResolvers<void>[] = []
  const sink = createLineSink({
    clock,
    maxCharacters,
    lossLine: (lines) => `lost ${lines}\n`,
    write(text) {
      written.push(text)
      const answer = Promise.withResolvers<void>()
      answers.push(answer)
      return answer.promise
    },
  })
  return { sink, clock, written, answer: () => answers.shift() }
}

/** Lets everything run that waits for no timer. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

test('lines of one turn are written together, those that come meanwhile after them, in order', async () => {
  const { sink, written, answer } = openTrial()
  sink.write('one\n')
  sink.write('two\n')
  await settle()
  sink.write('three\n')
  sink.write('four\n')
  await settle()
  expect(written).toEqual(['one\ntwo\n'])
  answer()?.resolve()
  await settle()
  expect(written).toEqual(['one\ntwo\n', 'three\nfour\n'])
})

test('when nobody reads, what does not fit is dropped, counted and told', async () => {
  const { sink, written, answer } = openTrial(10)
  sink.write('first\n')
  await settle()
  for (const line of ['second\n', 'third\n', 'x\n', 'fourth\n']) sink.write(line)
  expect(sink.dropped).toBe(2)
  answer()?.resolve()
  await settle()
  expect(written).toEqual(['first\n', 'lost 2\nsecond\nx\n'])
})

test('lines that cannot be written are counted, and writing goes on after a while on a line of its own', async () => {
  const { sink, clock, written, answer } = openTrial()
  sink.write('one\ntwo\n')
  await settle()
  answer()?.reject(new Error('disk full'))
  await settle()
  sink.write('three\n')
  await settle()
  expect({ dropped: sink.dropped, written }).toEqual({ dropped: 2, written: ['one\ntwo\n'] })
  clock.advance(1_000)
  await settle()
  expect(written.at(-1)).toBe('\nlost 2\nthree\n')
  answer()?.resolve()
  await settle()
  sink.write('four\n')
  await settle()
  expect(written.at(-1)).toBe('four\n')
})

test('flushing waits for what is said, and not longer than it was told to', async () => {
  const { sink, clock, answer } = openTrial()
  await sink.flush(1_000)
  sink.write('one\n')
  let flushed = 0
  void sink.flush(1_000).then(() => (flushed += 1))
  await settle()
  expect(flushed).toBe(0)
  answer()?.resolve()
  await settle()
  expect(flushed).toBe(1)
  sink.write('two\n')
  void sink.flush(1_000).then(() => (flushed += 1))
  await settle()
  clock.advance(1_000)
  await settle()
  expect(flushed).toBe(2)
})
