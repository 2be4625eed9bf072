import { afterAll, describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { explainSchema } from '../src/admin/explain-question.ts'
import { createWorkplaces, run } from '../src/cli/command-line.fixture.ts'
import { explainCommand } from '../src/cli/explain.ts'

const page = await Bun.file(new URL('../docs/explain.md', import.meta.url)).text()

const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text)

const { workplace, close } = createWorkplaces()
afterAll(close)

const [config = '', body = ''] = [...blocks('yaml'), ...blocks('json')]
const directory = workplace(config)
writeFileSync(join(directory, 'body.json'), body)

/** A command of the page as a shell parts it. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare = '']) => quoted ?? bare)

const commands = blocks('sh').flatMap((block) => block.trim().split('\n'))

describe('docs/explain.md', () => {
  test.each(commands)('%s runs', async (command) => {
    const { exitCode, err } = await run(directory, words(command).slice(1))
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
  })

  test('shows what is said', async () => {
    const { out } = await run(directory, ['explain', 'support'])
    const [first = '', flips = ''] = blocks('text')
    expect(out).toStartWith(first)
    expect(out).toContain(flips)
  })

  test('names every flag, and every member of a question but those that the flags stand for', () => {
    const flags = Object.keys(explainCommand.flags).filter((flag) => flag !== 'budget')
    expect(flags.filter((flag) => !page.includes(`--${flag}`))).toEqual([])
    const named = new Set([...page.matchAll(/`(\w+)`/g)].map(([, name]) => name))
    const asked = ['model', 'request', 'dialect', 'key', 'tags', 'headers', 'max_output', 'outage', 'config']
    const known = ['config', ...Object.keys(explainSchema.shape)]
    expect(asked.filter((name) => !named.has(name) || !known.includes(name))).toEqual([])
  })
})
