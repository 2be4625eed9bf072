import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DIALECTS } from '../../src/dialects/all.ts'
import { CHAT_DIALECTS } from '../../src/dialects/chat-dialects.fixture.ts'

/*
 * Law 17 is held by the compiler: what a request can hold and a dialect says nothing about does not compile. Here it is shown that
 * it does not.
 */

const ROOT = join(import.meta.dir, '../..')
/** Inside the house, so that the compiler finds its libraries. */
const directory = mkdtempSync(join(ROOT, 'node_modules/.holes-'))
const from = (path: string): string => `'${join(ROOT, 'src', path)}'`

/** Files beside the house, by name. */
const PLANTED = {
  parameter: `
    import { DIALECTS } from ${from('dialects/all.ts')}
    declare module ${from('exchange/chat.ts')} {
      interface ChatRequest { readonly minP?: number }
    }
    export const dialects = DIALECTS
  `,
  member: `
    import { DIALECTS } from ${from('dialects/all.ts')}
    declare module ${from('exchange/operations/embed.ts')} {
      interface EmbedRequest { readonly normalized?: boolean }
    }
    declare module ${from('exchange/operations/rerank.ts')} {
      interface RerankRequest { readonly reasoned?: boolean }
    }
    declare module ${from('exchange/operations/moderate.ts')} {
      interface ModerateRequest { readonly policy?: string }
    }
    export const dialects = DIALECTS
  `,
  unread: `
    import type { MemberFates } from ${from('dialects/member-fates.ts')}
    import type { EmbedRequest } from ${from('exchange/operations/embed.ts')}
    declare const whole: MemberFates<EmbedRequest>
    const { read: _read, ...inputs } = whole.inputs
    const { read: _user, ...user } = whole.user
    export const fates: MemberFates<EmbedRequest> = { ...whole, user, inputs }
  `,
  hole: `
    import type { Spellings } from ${from('dialects/blocks.ts')}
    declare const whole: Spellings<object>
    const { refusal: _refusal, ...hole } = whole
    export const spellings: Spellings<object> = hole
  `,
  whole: `
    import type { Spellings } from ${from('dialects/blocks.ts')}
    declare const whole: Spellings<object>
    export const spellings: Spellings<object> = { ...whole }
  `,
} as const

/** What the compiler complains of in the house with all that is planted. */
let complaints: readonly string[]
const complaintsIn = (name: keyof typeof PLANTED): readonly string[] =>
  complaints.filter((line) => line.includes(`/${name}.ts(`))

beforeAll(async () => {
  for (const [name, text] of Object.entries(PLANTED)) writeFileSync(join(directory, `${name}.ts`), text)
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), include: ['*.ts'] }),
  )
  const compiler = join(ROOT, 'node_modules/.bin/tsc')
  const run = Bun.spawn([compiler, '--pretty', 'false', '-p', directory], { stderr: 'ignore' })
  complaints = (await run.stdout.text()).split('\n').filter((line) => line.includes('error TS'))
  // The whole house is compiled.
}, 180_000)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('a parameter that joins the request has a fate in every dialect, or the house does not compile', () => {
  const tables = complaints.filter((line) => line.includes("'minP' is missing"))
  const names = tables.map((line) => /([\w-]+)\/parameters\.ts/.exec(line)?.[1])
  expect(new Set(names)).toEqual(new Set(CHAT_DIALECTS.map(({ name }) => name)))
})

test.each([
  ['embed', 'normalized'],
  ['rerank', 'reasoned'],
  ['moderate', 'policy'],
] as const)(
  'a member of %s has a fate in every dialect that can say it, or the house does not compile',
  (operation, member) => {
    const tables = complaints.filter((line) => line.includes(`'${member}' is missing`))
    const names = tables.map((line) => /dialects\/([\w-]+)\//.exec(line)?.[1])
    const speak = Object.values(DIALECTS).filter(({ codecs }) => codecs[operation] !== undefined)
    expect(new Set(names)).toEqual(new Set(speak.map(({ name }) => name)))
  },
)

test('what no question is without has to be read', () => {
  const unread = complaintsIn('unread').map((line) => /'MemberFate<\w+, "(\w+)">'/.exec(line)?.[1])
  expect(unread).toEqual(['inputs'])
})

test('a kind of block that a dialect does not spell does not compile', () => {
  const missing = complaintsIn('hole').map((line) => /Property '([\w-]+)' is missing/.exec(line)?.[1])
  expect(missing).toEqual(['refusal'])
})

test('a table without a hole compiles', () => {
  expect(complaintsIn('whole')).toEqual([])
})
