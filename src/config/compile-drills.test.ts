import { describe, expect, test } from 'bun:test'
import { compileText, problemsOf } from './compile.fixture.ts'

const BASE = `
providers:
  openai: { key: env:KEY }
  anthropic: { key: env:KEY }
routes: { support: [anthropic/claude-one, openai/gpt] }
drills:
  weekly:
`
const environment = { KEY: 'sk-1' }
const drill = (lines: string): string => BASE + lines.replaceAll(/^/gm, '    ')
const FAULT = 'faults: [{ kind: outage, provider: anthropic }]\n'

describe('a drill in the file', () => {
  test('is compiled with what it leaves out', () => {
    const { plan } = compileText(
      drill(
        'route: support\nfaults: [{ kind: cut, model: anthropic/claude-one, for: 2m }]\nexpect: { success: ">= 99.5%", p95_added: "<1.5s", cost: "<=2x" }',
      ),
      { environment },
    )
    expect(plan?.drills?.get('weekly')).toMatchObject({
      routes: ['support'],
      faults: [{ kind: 'cut', provider: 'anthropic', model: 'claude-one', after_tokens: 3, forMs: 120_000 }],
      requests: 20,
      stream: 'mixed',
      expect: {
        success: { comparison: '>=', value: 0.995 },
        p95AddedMs: { comparison: '<', value: 1_500 },
        costTimes: { value: 2 },
      },
    })
  })

  test('expects an answer to every request, and 402 where a budget is capped, unless it says otherwise', () => {
    const expected = (lines: string) =>
      compileText(drill(lines), { environment }).plan?.drills?.get('weekly')?.expect
    expect(expected(FAULT)).toMatchObject({ success: { comparison: '>=', value: 1 } })
    expect(expected('faults: [{ kind: budget-cap }]')).toEqual({ statuses: [402] })
  })

  test.each([
    ['faults: [{ kind: outrage, provider: openai }]', 'drills.weekly.faults[0].kind', 'outage'],
    [
      'faults: [{ kind: outage, provider: antropic }]',
      'there is no provider antropic',
      'Did you mean "anthropic"?',
    ],
    [
      'faults: [{ kind: outage, credential: openai/main }]',
      'there is no credential openai/main',
      'openai/default',
    ],
    ['faults: [{ kind: outage }]', 'whom does the fault outage strike?', 'provider: NAME'],
    ['faults: [{ kind: outage, provider: openai, model: anthropic/x }]', 'is not a model of openai', ''],
    [
      'faults: [{ kind: outage, provider: openai, delay: 2s }]',
      'delay: means nothing for the fault outage',
      '',
    ],
    ['faults: [{ kind: store-down, provider: openai }]', 'strikes the gateway and not a provider', ''],
    ['faults: []', 'at least one fault', ''],
    [`${FAULT}route: suport`, 'there is no route suport', 'Did you mean "support"?'],
    [`${FAULT}key: ci`, 'there is no key ci', ''],
    [`${FAULT}cron: "0 9 * *"`, 'five fields of a crontab', ''],
    [`${FAULT}cron: "0 0 31 2 *"`, 'this one never does', ''],
    [
      `${FAULT}expect: { served_by: [opnai] }`,
      'there is no provider or target opnai',
      'Did you mean "openai"?',
    ],
    [`${FAULT}expect: { success: "99.5%" }`, 'a bound such as ">=99.5%"', ''],
    [`${FAULT}expect: { sucess: ">=99.5%" }`, 'unknown key', 'Did you mean "success"?'],
    [`${FAULT}live: true`, 'unknown key', ''],
  ])('is refused with a reason: %s', (lines, message, hint) => {
    const problems = problemsOf(drill(lines), { environment })
    expect(problems).toContain('error: drills.weekly')
    expect(problems).toContain(message)
    expect(problems).toContain(hint)
  })
})
