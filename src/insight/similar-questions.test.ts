import { expect, test } from 'bun:test'
import { guardAgainst } from '../caching/semantic/guards.ts'
import { HELD_OUT_DIFFERENT_PAIRS, HELD_OUT_SAME_PAIRS } from '../caching/semantic/held-out-pairs.fixture.ts'
import { DIFFERENT_PAIRS, SAME_PAIRS } from '../caching/semantic/pairs.fixture.ts'
import { readQuestion } from '../caching/semantic/read-question.ts'
import { LIMITS } from '../kit/limits.ts'
import { SimilarQuestions } from './similar-questions.ts'

function meets(one: string, other: string): boolean {
  const questions = new SimilarQuestions()
  questions.meet({ partition: 'p', text: one }, 0, 10)
  return questions.meet({ partition: 'p', text: other }, 1, 10)
}

test('of all pairs that the guards are tried by those are found that the guards let through, and no other', () => {
  const pairs = [DIFFERENT_PAIRS, HELD_OUT_DIFFERENT_PAIRS].flatMap((kinds) => Object.values(kinds).flat())
  let same = 0
  for (const [one, other] of [...pairs, ...SAME_PAIRS, ...HELD_OUT_SAME_PAIRS]) {
    const isOne = guardAgainst(readQuestion(one), readQuestion(other)) === undefined
    expect([one, other, meets(one, other)]).toEqual([one, other, isOne])
    if (isOne) same += 1
  }
  expect(same).toBeGreaterThan(50)
})

test('the oldest make room, and those of another partition are not looked at', () => {
  const questions = new SimilarQuestions()
  const ask = (text: string, partition = 'p'): boolean => questions.meet({ partition, text }, 0, 10)
  expect(ask('Why is the sky blue?')).toBe(false)
  expect(ask('why is the sky blue', 'q')).toBe(false)
  expect(ask('why is the sky blue')).toBe(true)
  for (let number = 0; number < LIMITS.opportunityQuestions; number += 1) ask(`What is ${number}?`)
  expect(ask('why is the sky blue')).toBe(false)
})
