import { compileText } from '../src/config/compile.fixture.ts'
import { NO_LOADS } from '../src/exchange/load-view.ts'
import { featuresOf, operationOf } from '../src/exchange/operations/all.ts'
import { NO_RESTS } from '../src/exchange/rest-view.ts'
import type { Route } from '../src/exchange/route.ts'
import { textFeaturesOf } from '../src/exchange/text-features.ts'
import { randomOf } from '../src/kit/random.ts'
import { createPickStep } from '../src/policies/request/pick-step.ts'
import { createRecordingTelemetry, routedExchange } from '../src/policies/samples.fixture.ts'
import { createChooser } from '../src/routing/choose.ts'
import { sampleChat } from '../src/routing/samples.fixture.ts'
import { STRATEGIES } from '../src/routing/strategies/all.ts'

/**
 * What a decision takes by itself, without sockets: `bun bench/decide.ts`. Every call is timed alone; what reading the clock takes is
 * taken off. Goals: 50 targets behind 20 conditions in 60 µs at the median and 500 µs at p99, features of a text of 8 kB in 50 µs.
 */
const WARM = 20_000
const TIMED = 20_000
const TARGETS = 50
const STEPS = 20

/** Nanoseconds that it takes to read the clock twice. */
const clockNs = quantile(
  timesOf(() => undefined),
  0.5,
)

function timesOf(call: () => unknown): readonly number[] {
  for (let round = 0; round < WARM; round += 1) call()
  return Array.from({ length: TIMED }, () => {
    const from = Bun.nanoseconds()
    call()
    return Bun.nanoseconds() - from
  })
}

function quantile(times: readonly number[], share: number): number {
  return times.toSorted((left, right) => left - right)[Math.floor(times.length * share)] ?? 0
}

function report(name: string, call: () => unknown): void {
  const times = timesOf(call)
  const micros = (share: number): string =>
    (Math.max(0, quantile(times, share) - clockNs) / 1_000).toFixed(2).padStart(8)
  console.log(`${name.padEnd(52)} median ${micros(0.5)} µs   p99 ${micros(0.99)} µs`)
}

function routeOf(lines: readonly string[]): Route {
  const { plan, problems } = compileText(`routes:\n  bench:\n${lines.join('\n')}\n`)
  const route = plan?.resolveRoute('bench')
  if (route === undefined) throw new Error(problems.map(({ message }) => message).join('\n'))
  return route
}

const targets = (count: number): string =>
  `[${Array.from({ length: count }, (_, index) => `sim/echo?n=${index}`).join(', ')}]`

/** Conditions of the kinds that operators write, none of which holds, and a step for everything else. */
function stepped(): Route {
  const conditions = [
    `request.input_tokens > 9000 && request.has_tools`,
    `'pii' in request.tags || key.team == 'fintech'`,
    `headers['x-tier'] == 'gold'`,
    `request.model.startsWith('gpt') && key.project == 'helpdesk'`,
  ]
  const steps = Array.from({ length: STEPS }, (_, index) => {
    const condition = conditions[index % conditions.length] ?? ''
    return `      - { name: step-${index}, when: "(${condition}) && request.turns > ${STEPS + 50 - index}", targets: [sim/echo] }`
  })
  return routeOf(['    steps:', ...steps, `      - { name: rest, targets: ${targets(TARGETS)} }`])
}

const request = sampleChat()
const pick = createPickStep({ telemetry: createRecordingTelemetry() })
const choose = createChooser()

function decide(route: Route): unknown {
  const picked = pick(routedExchange(route, { request }))
  if (picked instanceof Promise || picked.route === undefined) throw new Error('a step is picked at once')
  return choose({
    route: picked.route,
    features: featuresOf(request),
    operation: operationOf(request),
    rests: NO_RESTS,
    load: NO_LOADS,
    random: randomOf('req_bench'),
  })
}

const plain = routeOf([`    targets: ${targets(2)}`])
const many = stepped()
report('an exchange of the bench (part of what follows)', () => routedExchange(plain, { request }))
report('2 targets in order', () => decide(plain))
report(`${STEPS} conditions, ${TARGETS} targets in order`, () => decide(many))
for (const { name } of STRATEGIES) {
  const route = routeOf([`    strategy: ${name}`, `    targets: ${targets(TARGETS)}`])
  report(`${TARGETS} targets, ${name}`, () => decide(route))
}

const prose = 'What does the third clause say about 14 days of notice, and to whom? '
for (const bytes of [8_192, 1_048_576]) {
  const text = prose.repeat(Math.ceil(bytes / prose.length)).slice(0, bytes)
  const turns = [{ role: 'user' as const, blocks: [{ type: 'text' as const, text }] }]
  report(`features of a text of ${bytes / 1024} kB`, () => textFeaturesOf(turns))
}
