import { expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { LIMITS } from '../kit/limits.ts'
import { AdminProblem } from './problem.ts'
import { QuestionLine } from './question-line.ts'

const refusal = async (asked: Promise<unknown>): Promise<unknown> => {
  const thrown: unknown = await asked.catch((error: unknown) => error)
  return thrown instanceof AdminProblem ? thrown.code : thrown
}

test('questions are answered one after the other, a few wait, and one that fails holds nobody up', async () => {
  const line = new QuestionLine(createManualClock())
  const turns = Array.from({ length: LIMITS.questionsWaiting + 1 }, () => Promise.withResolvers<number>())
  const begun: number[] = []
  const asked = turns.map(({ promise }, index) =>
    line.answer(() => {
      begun.push(index)
      return promise
    }),
  )
  expect(await refusal(line.answer(async () => 0))).toBe('not-now')
  expect(begun).toEqual([0])
  turns[0]?.reject(new Error('broken'))
  expect(await refusal(asked[0] ?? Promise.resolve())).toEqual(new Error('broken'))
  for (const [index, { resolve }] of turns.entries()) resolve(index)
  expect(await Promise.all(asked.slice(1))).toEqual(turns.slice(1).map((_, index) => index + 1))
  expect(begun).toEqual(turns.map((_, index) => index))
})

test('nobody waits for too long', async () => {
  const clock = createManualClock()
  const line = new QuestionLine(clock)
  const begun = Promise.withResolvers<undefined>()
  const first = Promise.withResolvers<number>()
  const answered = line.answer(() => {
    begun.resolve(undefined)
    return first.promise
  })
  const late = refusal(line.answer(async () => 2))
  await begun.promise
  clock.advance(LIMITS.questionWaitMs + 1)
  first.resolve(1)
  expect(await answered).toBe(1)
  expect(await late).toBe('not-now')
})
