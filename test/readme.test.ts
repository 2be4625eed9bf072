import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../src/config/load.ts'
import { parseJsonObject, readObject } from '../src/kit/json.ts'
import { openRunningGateway, type RunningGateway } from './running-gateway.ts'

const ROOT = new URL('../', import.meta.url).pathname
const PRINTED_ADDRESS = 'http://127.0.0.1:4100'

const readme = await Bun.file(join(ROOT, 'README.md')).text()
const scripts =
  readObject(parseJsonObject(await Bun.file(join(ROOT, 'package.json')).text()) ?? {}, 'scripts') ?? {}

/** The fenced blocks of a language, with the line above as their name. */
function blocksOf(language: string): readonly { readonly name: string; readonly text: string }[] {
  const fences = readme.matchAll(new RegExp(`(?:^(.+)\\n+)?^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))
  return [...fences].map(([, name = '', text = '']) => ({ name, text }))
}

let gateway: RunningGateway
let directory: string
beforeAll(async () => {
  gateway = await openRunningGateway()
  // Inside the project, where imports find the SDKs as they do for a reader who installed them.
  directory = mkdtempSync(join(ROOT, 'node_modules', '.readme-'))
})
afterAll(async () => {
  await gateway.close()
  rmSync(directory, { recursive: true, force: true })
})

describe('the README', () => {
  test('has snippets for three SDKs', () => {
    expect(blocksOf('ts')).toHaveLength(3)
  })

  test.each([...blocksOf('ts')])('$name runs as it is printed', async ({ text }) => {
    expect(text).toContain(PRINTED_ADDRESS)
    const file = join(directory, 'snippet.ts')
    writeFileSync(file, text.replaceAll(PRINTED_ADDRESS, gateway.url))
    const run = Bun.spawn([process.execPath, file], {
      env: { PATH: process.env['PATH'] ?? '', GATEHOUSE_KEY: gateway.key },
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const [output, complaints, code] = await Promise.all([
      new Response(run.stdout).text(),
      new Response(run.stderr).text(),
      run.exited,
    ])
    expect({ code, complaints }).toEqual({ code: 0, complaints: '' })
    expect(output).toContain('This text was made up by the simulated provider.')
  })

  test('shows a configuration that loads', () => {
    const blocks = blocksOf('yaml')
    expect(blocks.length).toBeGreaterThan(0)
    const environment = { OPENAI_API_KEY: 'sk-1', ANTHROPIC_API_KEY: 'sk-2' }
    for (const { text } of blocks) {
      const { problems, config } = loadConfig({ text, environment, readText: () => undefined })
      expect(problems).toEqual([])
      expect(config).toBeDefined()
    }
  })

  test('names only commands that exist', () => {
    const named = [...readme.matchAll(/npm (?:run )?([\w:-]+)/g)].map(([, name = '']) => name)
    const own = named.filter((name) => name !== 'ci' && name !== 'install')
    expect(own.length).toBeGreaterThan(2)
    for (const name of own) expect(Object.keys(scripts)).toContain(name)
  })
})
