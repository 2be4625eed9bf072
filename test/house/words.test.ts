import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PROVIDERS } from '../../src/providers/all.ts'

const ROOT = join(import.meta.dir, '../..')
const files = (pattern: string): string[] => [...new Bun.Glob(pattern).scanSync({ cwd: ROOT })].sort()
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const sources = files('src/**/*.ts').filter((file) => !file.endsWith('.test.ts'))

/** Names that are words of the language too: they count as a whole literal only. */
const WORDS: readonly string[] = ['together', 'lambda', 'synthetic', 'triton']
const NAMES = PROVIDERS.map(({ name }) => name).filter((name) => name !== 'sim' && !WORDS.includes(name))
const VENDORS = new RegExp(
  `(?<![a-z])(${[...NAMES, 'bedrock', 'azure', 'presidio', 'lakera'].join('|')})(?![a-z])|'(${WORDS.join('|')})'`,
  'i',
)

/** Where vendors are at home: their rows, their simulations, the folders and the lists of the dialects, and the contracts of their guardrails. */
const HOMES =
  /^src\/(providers|drills\/vendors|clients\/rows|dialects\/[^/]+|guardrails\/hooks)\/|^src\/dialects\/all(-fates\.fixture)?\.ts$/

/** Where a vendor is named to people, to their tools or to tests, and nothing that is served depends on it. */
const SPOKEN: Readonly<Record<string, RegExp>> = {
  'src/config/compile.fixture.ts': /'openai'|'openai-chat'/,
  'src/cli/drill.ts': /--outage openai/,
  'src/cli/env.ts': /\b(OPENAI|ANTHROPIC|(GOOGLE_)?GEMINI)_(BASE_URL|API_KEY): /,
  'src/cli/first-run.ts': /OpenAI, Anthropic and Gemini clients/,
  'src/cli/keys.ts': /openai\/\*/,
  'src/config/document.ts': /^\s*hint: /,
  'src/config/schema/drills.ts': /'synthetic'/,
  'src/config/secrets.ts': /azure-kv/,
  'src/config/schema/values.ts': /such as openai\/\*/,
  'src/dialects/client-attribution.ts': /^const ATTRIBUTION_PREFIX = /,
}
const isSpoken = (file: string, line: string): boolean => SPOKEN[file]?.test(line) === true

test('no file is named after nothing in particular', () => {
  const vague =
    /(^|[/-])(utils?|helpers?|common|misc|shared|base|manager|service|processor|data|info|obj|tmp)(\.test)?\.ts$/
  expect([...sources, ...files('test/**/*.ts')].filter((file) => vague.test(file))).toEqual([])
})

/** The lines of a file without its comments, which may cite documents. */
const codeLines = (file: string): string[] =>
  read(file)
    .split('\n')
    .map((line) => line.replace(/^\s*(\*|\/\/|\/\*).*$|(^|\s)\/\/ .*$/, ''))

test('no vendor is named where a property should be asked', () => {
  const named = sources
    .filter((file) => !HOMES.test(file))
    .flatMap((file) =>
      codeLines(file)
        .filter((line) => VENDORS.test(line) && !isSpoken(file, line))
        .map((line) => `${file}: ${line.trim()}`),
    )
  expect(named).toEqual([])
})

test('every exception for a vendor that is named to people is still needed', () => {
  const idle = Object.keys(SPOKEN).filter(
    (file) => !sources.includes(file) || !codeLines(file).some((line) => isSpoken(file, line)),
  )
  expect(idle).toEqual([])
})

test('no folder hides behind a barrel', () => {
  expect(files('src/**/index.ts')).toEqual([])
  expect(sources.filter((file) => /^export \*/m.test(read(file)))).toEqual([])
})

test('what is not there is left out by the words that there are for it', () => {
  const byHand = /\.\.\.\((\w+(?:\.\w+)*) === undefined \? \{\} : \{ (?:\1|\w+: \1) \}\)/
  expect(sources.filter((file) => byHand.test(read(file)))).toEqual([])
})

test('money is shown by the words that there are for it, which put the sign before the dollars', () => {
  const byHand = /\$\$\{[^}]*usd/i
  expect(
    sources.filter((file) => file !== 'src/kit/money.ts').filter((file) => byHand.test(read(file))),
  ).toEqual([])
})

test('the environment is read at the edges only', () => {
  const edges = /^src\/(main|boot)\.ts$|^src\/(cli|clients\/rows)\/|^src\/config\/load\.ts$/
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
