import { describe, expect, test } from 'bun:test'
import { createConditionCompiler } from './compile-condition.ts'
import type { FactValue, FactValues } from './condition.ts'

const compile = createConditionCompiler()

function facts(values: Readonly<Record<string, FactValue>>): FactValues {
  return { read: (name) => values[name] }
}

function messageOf(source: string): string {
  try {
    compile(source)
    return 'is taken'
  } catch (thrown) {
    const { message, hint = '' } = thrown as { message: string; hint?: string }
    return `${message}. ${hint}`.trim()
  }
}

describe('a condition', () => {
  test('holds, does not, or cannot be said', () => {
    const small = compile('request.input_tokens < 2000 && !request.has_tools')
    expect(small.holds(facts({ 'request.input_tokens': 1999, 'request.has_tools': false }))).toBe(true)
    expect(small.holds(facts({ 'request.input_tokens': 2000, 'request.has_tools': false }))).toBe(false)
    expect(small.holds(facts({ 'request.has_tools': false }))).toBeUndefined()
    // What decides it without the absent fact decides it.
    expect(small.holds(facts({ 'request.has_tools': true }))).toBe(false)
  })

  test('says which facts it reads and what they are compared with', () => {
    const { facts: reads, constants } = compile(
      `('pii' in request.tags || key.team in ['a', 'b']) && headers['x-tier'].startsWith('go') && request.tags.exists(t, t == 'eu') && -3 < now.hour`,
    )
    expect(reads).toEqual(['request.tags', 'key.team', 'headers.x-tier', 'now.hour'])
    expect(Object.fromEntries(constants)).toEqual({
      'request.tags': ['pii', 'eu'],
      'key.team': ['a', 'b'],
      'headers.x-tier': ['go'],
      'now.hour': [-3],
    })
  })

  test('reads no fact that it does not need', () => {
    const read: string[] = []
    const condition = compile('request.stream || request.input_tokens > 10')
    condition.holds({
      read(name) {
        read.push(name)
        return true
      },
    })
    expect(read).toEqual(['request.stream'])
  })

  test('asks for headers and metadata by name, and whether they are there', () => {
    const gold = compile(`'x-tier' in headers && headers['x-tier'] == 'gold'`)
    expect(gold.holds(facts({ 'headers.x-tier': 'gold' }))).toBe(true)
    expect(gold.holds(facts({}))).toBe(false)
    expect(compile(`headers['x-tier'] != 'gold'`).holds(facts({}))).toBeUndefined()
    const plan = compile(`'plan' in request.metadata && request.metadata.plan == 'pro'`)
    expect(plan.holds(facts({ 'request.metadata': { plan: 'pro' } }))).toBe(true)
    const hostile: FactValue = JSON.parse('{"__proto__": "pro"}')
    expect(plan.holds(facts({ 'request.metadata': hostile }))).toBe(false)
    const inherited = compile(`'constructor' in request.metadata || 'toString' in request.metadata`)
    expect(inherited.holds(facts({ 'request.metadata': {} }))).toBe(false)
  })

  test('matches patterns in linear time', () => {
    const condition = compile(String.raw`client.name.matches('^(a+)+$')`)
    expect(condition.holds(facts({ 'client.name': 'aaaa' }))).toBe(true)
    expect(condition.holds(facts({ 'client.name': `${'a'.repeat(2_000)}b` }))).toBe(false)
  })

  test.each([
    ['request.input_token < 5', 'there is no fact request.input_token. Did you mean "request.input_tokens"?'],
    ['reqest.model == "a"', 'there is no fact reqest.model. Did you mean "request.model"?'],
    ['request == "a"', /^request is no fact but a group of them. Name one: request\.operation,/],
    ['request[key.name] == "a"', /^request is no fact but a group of them/],
    [
      'request.input_tokens == "a"',
      'request.input_tokens is a whole number and cannot be compared (==) with "a", which is a text (at character 1). Compare it with a number: request.input_tokens == 1000.',
    ],
    [
      'request.has_tools && request.model > 5',
      'request.model is a text and cannot be compared (>) with 5, which is a whole number (at character 22). Write int(request.model) > 5, or for its length size(request.model) > 5.',
    ],
    ["now.hour < '9'", / with "9", which is a text .* Write it without quotes: now\.hour < 9\.$/],
    ['request.model == 5', /Write it as a text: request\.model == "5"\.$/],
    ["request.tags == 'eu'", /^request\.tags is a list of texts .*: "eu" in request\.tags\.$/],
    ["request.tags.contains('eu')", /^request\.tags is a list, .* Write "eu" in request\.tags\.$/],
    ["'eu' in request.model", /Write request\.model\.contains\("eu"\), or request\.model == "eu"\.$/],
    ['5 in request.tags', /Write "5" in request\.tags\.$/],
    ["request.has_tools == 'yes'", /Write request\.has_tools, or !request\.has_tools\.$/],
    ['request.model == null', /compare it with ''\.$/],
    ['request.has_tools && request.model', /is a text, and beside && stands what is true or false/],
    ['!request.model', /^!request\.model: behind ! stands a text/],
    ['request.model + 5 == "a"', /^request\.model is a text, and 5 is a whole number: \+ does not go/],
    ['request.model.startsWith(5)', /^startsWith\(…\) wants a text in its brackets and found a whole number/],
    [
      "request.input_tokens.matches('5')",
      /^request\.input_tokens is a whole number, and matches\(…\) is for/,
    ],
    [
      "request.model.startWith('a')",
      /^there is no startWith\(…\) for a text .* Did you mean "startsWith"\?$/,
    ],
    ['size(request.input_tokens) > 1', /^size\(…\) cannot be asked of a whole number/],
    [
      'request.has_tools ? true : "a"',
      /gives true or false or a text .* Both sides of : must be of one kind\.$/,
    ],
    ["request.model in ['a', 5]", /^a list holds things of one kind, and here are a text and a whole number/],
    [
      'request.model.foo == "a"',
      /^there is no request\.model\.foo: what stands before the last dot is a text/,
    ],
    ['request.tags["a"] == "b"', /places in a list are whole numbers from 0, and this is a text/],
    ['request.tags.exists(t, t)', /^t is a text, and something that is true or false is wanted/],
    [
      'request.input_tokens + 1',
      'gives a whole number, which is neither true nor false. Compare it with something.',
    ],
    ['request.model', 'gives a text, which is neither true nor false. Compare it with something.'],
    ['request.input_tokens <', 'unexpected token: the end (at character 23).'],
    ["request.model = 'a'", /^unexpected character: = .* Write == to compare\.$/],
    ['request.has_tools and request.stream', /Write && for and, \|\| for or, and ! for not\.$/],
    ['', /./],
    ["request.model.matches('(?=x)')", /^"\(\?=x\)" is no pattern: /],
    ["request.model.matches('(')", /^"\(" is no pattern: /],
    ['request.model.matches(key.name)', 'matches(…) takes a pattern that is spelled out.'],
    ['headers.size() > 1', /^headers is read by its members/],
    ["headers[key.name] == 'a'", /^headers is read by its members/],
    ['key.name in headers', 'headers is asked for names that are spelled out.'],
    ["headers['X-Tier'] == 'a'", 'names of headers are written in lower case. Write headers.x-tier.'],
    ["headers.authorization == 'a'", /^headers\.authorization proves who the client is/],
    ['dyn(request.model) == 1', /^dyn/],
    ['request.tags.exists(t, request.tools.exists(u, t == u))', /^goes over a list within a list/],
    ['unheardOf(request.model)', /unheardOf/],
  ])('%p is refused when it is compiled', (source, message) => {
    const found = messageOf(source)
    if (typeof message === 'string') expect(found).toBe(message)
    else expect(found).toMatch(message)
  })

  test('is refused when it is longer, wider or deeper than a condition can be', () => {
    expect(messageOf(`request.model == '${'a'.repeat(2_000)}'`)).toBe('longer than 2000 characters.')
    expect(messageOf(`${'('.repeat(100)}true${')'.repeat(100)}`)).toMatch(/maxDepth/)
    expect(messageOf(Array.from({ length: 260 }, () => '1<2').join('||'))).toMatch(/maxAstNodes/)
  })
})
