import { describe, expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { createPromptPrefixes, type ChangingPrompt } from './prompt-prefixes.ts'

const SOURCE = { key: 'helpdesk-prod', route: 'support' }
const BEFORE = 'You are the helpdesk of a company. '
const BEHIND = 'Be kind and brief, and cite the handbook. '.repeat(200)

/** Looks at prompts one by one; gives what was told, and how often. */
function lookAt(texts: readonly string[], source = SOURCE) {
  const prompts = createPromptPrefixes()
  const told: ChangingPrompt[] = []
  for (const text of texts) {
    const found = prompts.look(source, { text, inputTokens: 2_000, cachedTokens: 0 })
    if (found !== undefined) told.push(found)
  }
  return { prompts, told }
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

describe('whose prompts change', () => {
  test.each([0, 1, 35, 212, 777, 3_001])('a change of every call is found to the byte: %i', (at) => {
    const start = BEHIND.slice(0, at)
    const { prompts, told } = lookAt(
      numbers(20).map((index) => `${start}${String.fromCharCode(65 + index)}${BEHIND}`),
    )
    expect(told).toHaveLength(1)
    expect(prompts.all()).toEqual([
      { ...SOURCE, fromByte: at, beforeByte: at + 1, compared: 19, changed: 19, cachedShare: 0 },
    ])
  })

  test('a clock is found where it runs, not where it rarely changes', () => {
    for (const first of [8, 9, 17]) {
      const { prompts } = lookAt(numbers(24).map((index) => `Now: ${100 + first + index}. ${BEHIND}`))
      expect(prompts.all()[0]).toMatchObject({ fromByte: 7, beforeByte: 8, changed: 23 })
    }
  })

  test('bytes are counted, not characters', () => {
    const { prompts } = lookAt(
      numbers(20).map((index) => `Grüße: ${String.fromCharCode(65 + index)}${BEHIND}`),
    )
    expect(prompts.all()[0]).toMatchObject({ fromByte: Buffer.byteLength('Grüße: ') })
  })

  test('nothing is said of prompts that stay, change now and then, at their end, or are too short for a cache', () => {
    for (const texts of [
      numbers(20).map(() => BEHIND),
      numbers(20).map((index) => `${BEFORE}${index % 5 === 0 ? 1 : 0}${BEHIND}`),
      numbers(20).map((index) => `${BEHIND}${index}`),
      numbers(20).map((index) => `${index} ${BEFORE}`),
      numbers(5).map((index) => `${index}${BEHIND}`),
    ])
      expect(lookAt(texts).told).toEqual([])
  })

  test('every request is looked at in the beginning, later few are', () => {
    const prompts = createPromptPrefixes()
    const due = numbers(1_000).filter(() => prompts.isDue(SOURCE)).length
    expect(due).toBeGreaterThan(24)
    expect(due).toBeLessThan(100)
  })

  test('those that were not looked at for longest are forgotten, and no more are known than may be', () => {
    const prompts = createPromptPrefixes()
    for (let source = 0; source < LIMITS.promptSources; source += 1)
      prompts.isDue({ key: `key-${source}`, route: 'support' })
    for (let request = 0; request < 30; request += 1) prompts.isDue({ key: 'key-0', route: 'support' })
    prompts.isDue({ key: 'key-0', route: 'another' })
    expect(prompts.size).toBe(LIMITS.promptSources)
    // The first goes on from where it was, the second has to begin anew.
    expect(prompts.isDue({ key: 'key-0', route: 'support' })).toBe(true)
    expect(prompts.isDue({ key: 'key-0', route: 'support' })).toBe(false)
    for (let request = 0; request < 24; request += 1)
      expect(prompts.isDue({ key: 'key-1', route: 'support' })).toBe(true)
    expect(prompts.size).toBe(LIMITS.promptSources)
  })
})
