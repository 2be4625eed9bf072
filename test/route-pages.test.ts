import { expect, test } from 'bun:test'
import { problemsOf } from '../src/config/compile.fixture.ts'
import { STRATEGIES } from '../src/routing/strategies/all.ts'

const PAGES = ['cost', 'speed', 'load'].map((by) => `docs/route-by-${by}.md`)
const read = (path: string): Promise<string> => Bun.file(new URL(`../${path}`, import.meta.url)).text()

test.each(PAGES)('what %s shows is a file without mistakes or warnings', async (page) => {
  const blocks = [...(await read(page)).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text)
  expect(blocks.length).toBeGreaterThan(1)
  const environment = { OPENAI_API_KEY: 'sk-1', OPENAI_EU_API_KEY: 'sk-2' }
  for (const text of blocks) {
    const withProvider = text.startsWith('providers:')
      ? text
      : `providers: { openai: env:OPENAI_API_KEY }\n${text}`
    expect(problemsOf(withProvider, { environment, strict: true })).toBe('')
  }
})

test('every strategy that goes by what is measured, or by weight, is on one of the pages', async () => {
  const text = (await Promise.all(PAGES.map(read))).join('')
  const named = STRATEGIES.filter(({ name }) => text.includes(`\`${name}\``)).map(({ name }) => name)
  const measuring = ['weighted', 'cheapest', 'fastest', 'least-busy', 'headroom', 'best-of']
  expect(named).toEqual(expect.arrayContaining(measuring))
})
