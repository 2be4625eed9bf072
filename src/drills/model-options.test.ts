import { describe, expect, test } from 'bun:test'
import { parseModelOptions, splitModelName } from './model-options.ts'
import { VendorError } from './vendor-error.ts'

const parse = (name: string) =>
  parseModelOptions(splitModelName(name), { error: 'count', rate: 'share', kind: 'word' })

describe('the options in a model name', () => {
  test('are read by their kinds', () => {
    const options = parse('slow?ttft=2s&tps=12.5&rate=0.3&error=529&kind=no-done')
    expect(options.number('ttft')).toBe(2_000)
    expect(options.number('tps')).toBe(12.5)
    expect(options.number('rate')).toBe(0.3)
    expect(options.number('error')).toBe(529)
    expect(options.word('kind')).toBe('no-done')
    expect(options.number('cached')).toBeUndefined()
  })

  test('take durations in milliseconds, seconds and minutes', () => {
    expect(parse('m?ttft=150').number('ttft')).toBe(150)
    expect(parse('m?ttft=150ms').number('ttft')).toBe(150)
    expect(parse('m?ttft=1.5s').number('ttft')).toBe(1_500)
    expect(parse('m?ttft=2m').number('ttft')).toBe(120_000)
  })

  test('are refused by name when unknown, with the nearest', () => {
    expect(() => parse('slow?ttf=2s')).toThrow(/no option 'ttf'.*Did you mean 'ttft'/)
    expect(() => parse('slow?constructor=1')).toThrow(VendorError)
  })

  test('are refused with what was expected when they cannot be read', () => {
    expect(() => parse('slow?ttft=soon')).toThrow(/'ttft'.*a duration such as 2s.*'soon'/)
    expect(() => parse('flaky?rate=1.5')).toThrow(/a number from 0 to 1/)
    expect(() => parse('slow?ttft=2h')).toThrow(/an hour at most/)
    expect(() => parse('slow?tps=0')).toThrow(/above 0/)
  })
})
