import { describe, expect, test } from 'bun:test'
import { Glob } from 'bun'
import { isObject, readObject, readObjects, type Json } from '../kit/json.ts'
import { createSeededRandom } from '../kit/random.ts'
import { mintKey } from '../exchange/virtual-key.ts'
import { problemsOf } from './compile.fixture.ts'
import { configReference } from './reference.ts'
import { configJsonSchema } from './schema-names.ts'

const root = new URL('../../', import.meta.url)
const isUpdate = process.env['UPDATE_GOLDEN'] === '1'

test('docs/config.md is the reference made from the schema', async () => {
  const page = new URL('docs/config.md', root)
  if (isUpdate) await Bun.write(page, configReference())
  expect(await Bun.file(page).text()).toBe(configReference())
})

test('schema/gatehouse.v1.json is the schema', async () => {
  const file = new URL('schema/gatehouse.v1.json', root)
  if (isUpdate) await Bun.write(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
  expect(await Bun.file(file).json()).toEqual(configJsonSchema())
})

test('every key of the file has a description', () => {
  const bare: string[] = []
  const visit = (node: Json | undefined, path: string): void => {
    if (!isObject(node)) return
    for (const [key, child] of Object.entries(readObject(node, 'properties') ?? {})) {
      if (isObject(child) && child['description'] === undefined) bare.push(`${path}.${key}`)
      visit(child, `${path}.${key}`)
    }
    visit(node['items'], `${path}[]`)
    visit(node['additionalProperties'], `${path}.*`)
    for (const branch of readObjects(node, 'anyOf')) visit(branch, path)
  }
  visit(configJsonSchema(), '')
  expect(bare).toEqual([])
})

describe('the examples', () => {
  const key = mintKey({ environment: 'live', random: createSeededRandom(3), hmac: () => 'x' }).text.reveal()
  const other = mintKey({ environment: 'live', random: createSeededRandom(4), hmac: () => 'x' }).text.reveal()
  const environment = {
    OPENAI_API_KEY: 'sk-1',
    OPENAI_EU_API_KEY: 'sk-2',
    ANTHROPIC_API_KEY: 'sk-3',
    ANTHROPIC_API_KEY_2: 'sk-4',
    GROQ_API_KEY: 'sk-5',
    HELPDESK_KEY: key,
    CI_KEY: other,
    GATEHOUSE_ADMIN_TOKEN: 'token',
  }
  const files = [...new Glob('examples/*.yaml').scanSync(root.pathname)]

  test('there are at least four', () => {
    expect(files.length).toBeGreaterThanOrEqual(4)
  })

  test.each(files)('%s has neither mistakes nor warnings', async (file) => {
    expect(problemsOf(await Bun.file(new URL(file, root)).text(), { environment, strict: true })).toBe('')
  })
})
