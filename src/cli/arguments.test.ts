import { describe, expect, test } from 'bun:test'
import { UsageError, parseArguments, type FlagSpecs } from './arguments.ts'

const specs: FlagSpecs = {
  port: { kind: 'number', short: 'p', help: '' },
  config: { kind: 'text', short: 'c', value: 'FILE', help: '' },
  models: { kind: 'list', help: '' },
  json: { kind: 'switch', help: '' },
}
const parse = (...given: string[]) => parseArguments(given, specs)
const complaint = (...given: string[]): string => {
  try {
    parse(...given)
    return ''
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(UsageError)
    return thrown instanceof Error ? thrown.message : ''
  }
}

describe('arguments', () => {
  test('flags are read in every usual spelling', () => {
    const parsed = parse(
      'one',
      '--port',
      '80',
      '--config=a=b',
      '--json',
      '--models',
      'a,b',
      '--models=c',
      '--',
      '--x',
    )
    expect(parsed.number('port')).toBe(80)
    expect(parsed.text('config')).toBe('a=b')
    expect(parsed.has('json')).toBe(true)
    expect(parsed.list('models')).toEqual(['a', 'b', 'c'])
    expect(parsed.positionals).toEqual(['one', '--x'])
    expect(parse('-p', '1', '-c', 'f').number('port')).toBe(1)
  })

  test('an unknown flag is answered with the nearest', () => {
    expect(complaint('--prot', '80')).toBe('There is no flag --prot. Did you mean --port?')
    expect(complaint('-z')).toContain('There is no flag -z. Known: --port')
  })

  test('missing, superfluous, wrong and repeated values are named', () => {
    expect(complaint('--config')).toBe('--config needs a value: --config FILE')
    expect(complaint('--config', '--json')).toContain('--config needs a value')
    expect(complaint('--json=yes')).toBe('--json takes no value.')
    expect(complaint('--port', 'many')).toContain('--port needs a whole number, not "many".')
    expect(complaint('-p', '1', '-p', '2')).toBe('--port is given 2 times.')
  })
})
