import { expect, test } from 'bun:test'
import { requestLine } from './request-line.ts'
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
    isErrorTty: false,
    hasColours: false,
  }
  const quiet = createOutput(terminal, { json: false, quiet: true, colours: false })
  quiet.line('answer')
  quiet.say('talk')
  quiet.complain('trouble')
  expect(written).toEqual(['out:answer\n', 'err:trouble\n'])
  expect(quiet.paint('x', 'red')).toBe('x')
})

/** What an output writes, all in one. */
function written(speak: (output: ReturnType<typeof createOutput>) => void): string {
  let text = ''
  const write = (more: string): void => void (text += more)
  const terminal = { write, writeError: write, columns: 80, isTty: true, isErrorTty: true, hasColours: true }
  speak(createOutput(terminal, { json: false, quiet: false, colours: true }))
  return text
}

const HOSTILE = 'a\u001B]0;owned\u0007\u001B[2J\u009B1mb'

test('what strangers named commands no terminal, whichever way it gets there', () => {
  const text = written((output) => {
    output.line(HOSTILE)
    output.say(HOSTILE)
    output.complain(output.paint(HOSTILE, 'yellow'))
    output.table(['NAME'], [[`${HOSTILE}\nforged row`]])
    output.value({ name: HOSTILE })
  })
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(text.replaceAll(/\u001B\[(?:0|2|33)m|\n/g, '')).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/)
  expect(text).toContain(String.raw`a\u001b]0;owned\u0007`)
  expect(text).toContain(String.raw`b\u000aforged row`)
})

test('the line of a request clips and spells out what the client asked for', () => {
  const line = requestLine(
    {
      id: 'req_1',
      atMs: 0,
      dialect: 'some-chat',
      operation: 'chat',
      stream: false,
      owners: {},
      requestedModel: `\u001B[31m${'m'.repeat(60_000)}`,
      outcome: 'model-not-found',
      status: 404,
      durationMs: 1,
      upstreamMs: 0,
      inputTokens: 0,
      outputTokens: 0,
      estimated: false,
      simulated: false,
      attempts: '',
      notices: '',
      planVersion: '1-abc',
    },
    (text) => text,
  )
  expect(line.length).toBeLessThan(400)
  expect(line).toContain(String.raw`\u001b[31mmmm`)
  expect(line).not.toContain('\u001B')
})
