import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { Glob } from 'bun'
import { problemsOf, SIMULATOR } from '../src/config/compile.fixture.ts'
import { listedModels } from '../src/drills/models/all.ts'

const ROOT = new URL('../', import.meta.url)

const read = (path: string): Promise<string> => Bun.file(new URL(path, ROOT)).text()

const files = (pattern: string): string[] => [...new Glob(pattern).scanSync(ROOT.pathname)].toSorted()

const pages = ['README.md', ...files('docs/*.md')]

const map = await read('docs/routing.md')
const mapped = [...map.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name = '']) => `docs/${name}`)

/** As on a machine of a reader who has keys of both. */
const found = [
  SIMULATOR,
  { name: 'openai', from: 'OPENAI_API_KEY' },
  { name: 'anthropic', from: 'ANTHROPIC_API_KEY' },
]
const environment = { OPENAI_API_KEY: 'sk-1', OPENAI_EU_API_KEY: 'sk-2', ANTHROPIC_API_KEY: 'sk-3' }

describe('the pages', () => {
  test.each(pages)('%s links to files that are there', async (page) => {
    const links = [...(await read(page)).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
      ([, link = '']) => link,
    )
    const missing = links.filter((link) => !existsSync(new URL(link, new URL(page, ROOT))))
    expect(missing).toEqual([])
  })

  test.each([...new Set(['docs/routing.md', ...mapped])])('the snippets of %s load', async (page) => {
    for (const [, text = ''] of (await read(page)).matchAll(/^```yaml\n(.*?)^```/gms))
      expect(problemsOf(text, { environment, found })).not.toContain('error:')
  })

  test('simulated models in pages and examples are there', async () => {
    const known = new Set(listedModels.map(({ name }) => name))
    const texts = await Promise.all([...pages, ...files('examples/*.yaml')].map(read))
    const named = texts.flatMap((text) => [...text.matchAll(/\bsim\/([a-z]+)/g)].map(([, name = '']) => name))
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })
})
