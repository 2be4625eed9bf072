import { describe, expect, test } from 'bun:test'
import { guardrailsFor } from '../guardrails/guardrail.ts'
import { compileText, problemsOf } from './compile.fixture.ts'

const FILE = `
routes: { support: [sim/smart], payroll: [sim/smart] }
projects: { legal: {} }
guardrails:
`
const file = (...rules: readonly string[]): string => FILE + rules.map((rule) => `  ${rule}\n`).join('')

describe('guardrails of a file', () => {
  test('what is not said is as usual: the phases of the action, the time of the kind, and nothing passes that could not be looked at', () => {
    const { plan } = compileText(
      file(
        'masked: { detect: [personal], action: mask }',
        'blocked: { detect: [secrets], action: block }',
        'flagged: { detect: [email], action: flag, mode: shadow, budget: 5ms, on_error: allow }',
        'restricted: { detect: [email], action: restrict, only: { providers: [sim] } }',
        'judged: { rubric: { model: sim/judge, rubric: x }, action: block }',
        'shaped: { answer_schema: { from: request }, action: block }',
        'mended: { answer_schema: { from: request, repair: true }, action: block, budget: 9s }',
      ),
    )
    const told = plan?.guardrails?.all.map((one) => [
      one.name,
      one.kind,
      one.phases.join(),
      one.action.type,
      one.isShadow,
      one.budgetMs,
      one.onError,
    ])
    expect(told).toEqual([
      ['masked', 'detect', 'input,output', 'mask', false, 50, 'block'],
      ['blocked', 'detect', 'input', 'block', false, 50, 'block'],
      ['flagged', 'detect', 'input,output', 'flag', true, 5, 'allow'],
      ['restricted', 'detect', 'input', 'restrict', false, 50, 'block'],
      ['judged', 'rubric', 'input', 'block', false, 10_000, 'block'],
      ['shaped', 'answer_schema', 'output', 'block', false, 2_000, 'block'],
      ['mended', 'answer_schema', 'output', 'block', false, 9_000, 'block'],
    ])
  })

  test('a file without any has none', () => {
    expect(compileText('routes: { support: [sim/smart] }').plan).not.toHaveProperty('guardrails')
  })

  test.each([
    ['support', 'app', undefined, 'everywhere,of-route'],
    ['payroll', 'app', undefined, 'everywhere'],
    ['other', 'ci-2', 'legal', 'everywhere,of-project,of-keys'],
  ])('%s, key %s, project %s: %s', (route, keyName, project, expected) => {
    const { plan } = compileText(
      file(
        'everywhere: { detect: [email], action: flag }',
        'of-route: { detect: [email], action: flag, routes: [support] }',
        'of-project: { detect: [email], action: flag, projects: [legal] }',
        'of-keys: { detect: [email], action: flag, keys: ["ci-*"] }',
      ),
    )
    const terms = plan?.guardrails ?? { all: [] }
    const names = guardrailsFor(terms, { route, keyName, project }, 'input').map(({ name }) => name)
    expect(names.join()).toBe(expected)
  })

  test.each([
    ['a: { detec: [email], action: flag }', 'Did you mean "detect"?'],
    ['a: { detect: [emial], action: flag }', 'Did you mean "email"?'],
    ['a: { detect: [email], action: masc }', 'Did you mean "mask"?'],
    [
      'a: { action: flag }',
      'one of detect, terms, patterns, links, injection, language, size, topics, moderation, rubric, answer_schema, webhook',
    ],
    ['a: { patterns: { A: "(" }, action: flag }', 'guardrails.a.patterns.A: this is no regular expression'],
    ['a: { patterns: { A: "(?:a{1,100}){1,100}b" }, action: flag }', 'guardrails.a.patterns.A'],
    ['a: { patterns: {}, action: flag }', 'at least one pattern'],
    ['a: { patterns: { A: { pattern: x, reach: 0 } }, action: flag }', 'a whole number of characters'],
    ['a: { terms: {}, action: flag }', 'at least one word'],
    [
      'a: { terms: { words: ["--"] }, action: flag }',
      'guardrails.a.terms.words[0]: expected a word or a phrase',
    ],
    ['a: { terms: { file: nowhere.txt }, action: flag }', 'the file nowhere.txt cannot be read'],
    ['a: { detect: [email], action: flag, message: no }', 'it belongs to the action block'],
    ['a: { detect: [email], action: flag, remember: 1d }', 'it belongs to the action mask'],
    ['a: { detect: [email], action: mask, rember: 1d }', 'Did you mean "remember"?'],
    ['a: { detect: [email], action: mask, remember: 401d }', 'a time from 1m to 400d'],
    ['a: { detect: [email], action: mask, remember: forever }', 'a time from 1m to 400d'],
    ['a: { detect: [email], action: restrict }', 'what targets must fulfil'],
    ['a: { detect: [email], action: restrict, only: { region: eu }, phases: [output] }', '[input]'],
    ['a: { detect: [email], action: restrict, only: { providers: [simm] } }', 'Did you mean "sim"?'],
    ['a: { detect: [email], action: flag, routes: [suport] }', 'Did you mean support?'],
    ['a: { detect: [email], action: flag, projects: [legl] }', 'Did you mean legal?'],
    ['a: { moderation: { model: suport }, action: flag }', 'Did you mean support?'],
    ['a: { moderation: { model: simm/moderate }, action: flag }', 'there is no provider simm'],
    ['a: { detect: email, action: flag }', 'Write [email].'],
    [
      'a: { detect: [email], size: { max_characters: 9 }, action: flag }',
      'guardrails.a.size: expected nothing here',
    ],
    ['a: { action: flag }', 'expected one of detect, terms'],
    ['a: { moderation: { model: sim/smart }, action: flag }', 'sim/smart cannot be asked to moderate'],
    ['a: { rubric: { model: sim/judge }, action: flag }', 'guardrails.a.rubric.rubric'],
    ['a: { moderation: { model: sim/moderate, thresold: 1 }, action: flag }', 'Did you mean "threshold"?'],
    ['a: { moderation: { model: sim/moderate }, action: mask }', 'block, flag, restrict'],
    ['a: { answer_schema: { from: request, schema: {} }, action: block }', 'one of schema, file, from'],
    ['a: { answer_schema: { file: no.json }, action: block }', 'guardrails.a.answer_schema.file'],
    ['a: { answer_schema: { schema: { $ref: "#/x" } }, action: block }', 'cannot be judged by this schema'],
    ['a: { answer_schema: { from: request }, action: block, phases: [input] }', '[output]'],
    ['a: { answer_schema: { from: request }, action: restrict, only: { region: eu } }', 'block, flag'],
    ['a: { detect: [email], action: flag, budget: 0s }', 'a duration above 0'],
  ])('mistakes are told with the nearest name: %s', (rule, told) => {
    expect(problemsOf(file(rule))).toContain(told)
  })

  test('words of a list and of a file beside the configuration', () => {
    const text = file('names: { terms: { words: [Bluebird], file: names.txt }, action: block }')
    const { plan } = compileText(text, { files: { 'names.txt': '# remarks\n\nBlack Swan\r\n#hash\n' } })
    const [names] = plan?.guardrails?.all ?? []
    expect(names?.looker?.look('the BLUEBIRD, a black swan, no remarks').length).toBe(2)
    expect(problemsOf(text, { files: { 'names.txt': 'a\n---\n' } })).toContain('line 2 of names.txt')
  })
})
