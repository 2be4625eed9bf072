import { describe, expect, test } from 'bun:test'
import { compileText, problemsOf } from './compile.fixture.ts'

const AUTO = `
models:
  sim/smart: { quality: 0.9 }
  sim/echo: { quality: 0.4 }
auto:
  targets: [sim/echo, sim/smart]
`

function wants(text: string, name: string) {
  const route = compileText(text).plan?.resolveRoute(name)
  return route?.steps?.map(({ name: task, route: { ranking, goesByBudget } }) => ({
    task,
    strategy: ranking.strategy,
    ...ranking.options,
    goesByBudget,
  }))
}

describe('the section auto', () => {
  test('makes a step of every task, in which the cheapest is taken that is good enough', () => {
    const ordinary = { task: 'ordinary', strategy: 'good-enough', quality: 0.75, goesByBudget: true }
    expect(wants(AUTO, 'auto')?.map(({ task }) => task)).toEqual(['simple', 'demanding', 'ordinary'])
    expect(wants(AUTO, 'auto')?.at(-1)).toEqual(ordinary)
    expect(wants(AUTO, 'auto:balanced')).toEqual(wants(AUTO, 'auto'))
  })

  test('profiles want more or less than a task does', () => {
    const qualities = (name: string) => wants(AUTO, name)?.map((one) => Reflect.get(one, 'quality'))
    expect(qualities('auto:cheap')).toEqual([0.3, 0.7, 0.55])
    expect(qualities('auto:best')).toEqual([1, 1, 1])
    expect(wants(`${AUTO}  profile: cheap\n`, 'auto')).toEqual(wants(AUTO, 'auto:cheap'))
  })

  test('tasks may be declared, each with what it wants', () => {
    const text = `${AUTO}  tasks:
    - { name: extract, when: request.has_schema, quality: 0.5, max_cost: 0.002, max_ttft: 2s }
    - { name: rest, quality: 0.8 }
`
    const [first] = wants(text, 'auto') ?? []
    expect<object | undefined>(first).toEqual({
      task: 'extract',
      strategy: 'good-enough',
      quality: 0.5,
      max_cost: 0.002,
      max_ttft_ms: 2_000,
      goesByBudget: true,
    })
  })

  test('what is wrong in it is said once, where it stands', () => {
    const text = `${AUTO}  tasks:
    - { name: extract, when: request.has_shema, quality: 0.5 }
    - { name: rest, when: request.stream, quality: 0.8 }
`
    const problems = problemsOf(text)
    expect(problems).toContain('auto.tasks[0].when')
    expect(problems).toContain('request.has_schema')
    expect(problems).toContain('auto.tasks[1].when')
    expect(problems.split('auto.tasks[0].when')).toHaveLength(2)
    expect(problems).not.toContain('routes')
  })

  test('is not there beside a route of that name', () => {
    expect(problemsOf(`${AUTO}routes:\n  auto: sim/echo\n`)).toContain(
      'there is also a route or an alias called auto',
    )
  })

  test('without it auto is the defaults of the providers in order', () => {
    const route = compileText('').plan?.resolveRoute('auto')
    expect(route?.ranking.strategy).toBe('ordered')
    expect(route?.steps).toBeUndefined()
  })
})
