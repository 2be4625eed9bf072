import { expect, test } from 'bun:test'
import { createOutput, formatTable } from './output.ts'

const plain = (text: string): string => text

test('a table lines up, and colours do not count as width', () => {
  const rows = [
    ['\u001B[32mok\u001B[0m', 'x'],
    ['longer', 'y'],
  ]
  expect(formatTable(['A', 'B'], rows, { columns: 80, paint: plain })).toBe(
    'A       B\n\u001B[32mok\u001B[0m      x\nlonger  y\n',
  )
})

test('below 60 columns, or when it does not fit, each row is a block', () => {
  const rows = [
    ['a', 'b'],
    ['c', 'd'],
  ]
  const blocks = 'NAME: a\nID: b\n\nNAME: c\nID: d\n'
  expect(formatTable(['NAME', 'ID'], rows, { columns: 59, paint: plain })).toBe(blocks)
  expect(formatTable(['NAME'], [['x'.repeat(90)]], { columns: 80, paint: plain })).toStartWith('NAME: xxx')
})

test('answers go to stdout, talk to stderr, and --quiet silences talk but not complaints', () => {
  const written: string[] = []
  const terminal = {
    write: (text: string) => void written.push(`out:${text}`),
    writeError: (text: string) => void written.push(`err:${text}`),
    columns: 80,
    isTty: false,
    hasColours: false,
  }
  const quiet = createOutput(terminal, { json: false, quiet: true, colours: false })
  quiet.line('answer')
  quiet.say('talk')
  quiet.complain('trouble')
  expect(written).toEqual(['out:answer\n', 'err:trouble\n'])
  expect(quiet.paint('x', 'red')).toBe('x')
})
