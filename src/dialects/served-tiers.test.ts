import { describe, expect, test } from 'bun:test'
import { asksForTier, servedTiers, type ServiceWord } from './served-tiers.ts'

describe('what was served', () => {
  test.each<[ServiceWord, readonly string[] | undefined]>([
    [{}, undefined],
    [{ told: 'default' }, undefined],
    [{ told: 'standard', asked: 'priority' }, undefined],
    [{ told: 'priority' }, ['priority']],
    [{ told: 'priority', asked: 'auto' }, ['priority']],
    [{ told: 'flex', asked: 'priority' }, ['flex']],
    [{ asked: 'priority' }, ['untold']],
    [{ asked: 'priority', told: 'auto' }, ['untold']],
    [{ asked: 'priority', told: '' }, ['untold']],
    [{ asked: 'auto' }, undefined],
    [{ asked: 'standard_only', told: 'auto' }, undefined],
    [{ told: 'not_available', asked: 'global' }, undefined],
  ])('%p is %p', (word, served) => {
    expect(servedTiers([word])).toEqual(served)
  })

  test('is told of everything that bears on the price', () => {
    expect(servedTiers([{ told: 'standard' }, { told: 'fast' }, { told: 'us' }])).toEqual(['fast', 'us'])
  })
})

test('usual words ask for nothing, and to leave it open is to ask for anything', () => {
  expect(['default', 'standard', 'global', 'auto', 'flex'].filter(asksForTier)).toEqual(['auto', 'flex'])
})
