import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const ROOT = join(import.meta.dir, '../..')
const files = (pattern: string): string[] => [...new Bun.Glob(pattern).scanSync({ cwd: ROOT })].sort()
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const sources = files('src/**/*.ts').filter((file) => !file.endsWith('.test.ts'))

/** Names of vendors have no business in these rooms; comments may cite documents. */
const VENDORS = /\b(openai|anthropic|gemini|bedrock|azure|cohere|mistral|groq|deepseek|ollama|openrouter)\b/i

test('no file is named after nothing in particular', () => {
  const vague =
    /(^|[/-])(utils?|helpers?|common|misc|shared|base|manager|service|processor|data|info|obj|tmp)(\.test)?\.ts$/
  expect([...sources, ...files('test/**/*.ts')].filter((file) => vague.test(file))).toEqual([])
})

test('no vendor is named where a property should be asked', () => {
  const neutral = sources.filter((file) =>
    /^src\/(gateway|policies|routing|server|ledger|exchange|kit)\//.test(file),
  )
  const named = neutral.flatMap((file) =>
    read(file)
      .split('\n')
      .filter((line) => VENDORS.test(line.replace(/^\s*(\*|\/\/|\/\*\*).*$/, '')))
      .map((line) => `${file}: ${line.trim()}`),
  )
  expect(named).toEqual([])
})

test('no folder hides behind a barrel', () => {
  expect(files('src/**/index.ts')).toEqual([])
  expect(sources.filter((file) => /^export \*/m.test(read(file)))).toEqual([])
})

test('the environment is read at the edges only', () => {
  const edges = /^src\/(main|boot)\.ts$|^src\/cli\/|^src\/config\/load\.ts$/
  expect(sources.filter((file) => !edges.test(file) && /\b(process|Bun)\.env\b/.test(read(file)))).toEqual([])
})

test('every link in the documents leads somewhere', () => {
  const dead = [...files('*.md'), ...files('docs/**/*.md'), ...files('src/**/*.md')].flatMap((file) =>
    [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map(([, link]) => link ?? '')
      .filter((link) => !existsSync(join(ROOT, dirname(file), link)))
      .map((link) => `${file} -> ${link}`),
  )
  expect(dead).toEqual([])
})
