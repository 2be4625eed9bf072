import { compileText } from '../src/config/compile.fixture.ts'
import type { Plan } from '../src/gateway/plan.ts'
import { callersOf } from '../src/insight/callers.ts'
import { prove, type Finding } from '../src/insight/prove.ts'

/** Its providers and projects. */
export const HEAD = `
providers:
  eu: { type: openai-compatible, base_url: "https://eu.example/v1", region: eu-central-1 }
  eu2: { type: openai-compatible, base_url: "https://eu2.example/v1", region: eu }
  us: { type: openai-compatible, base_url: "https://us.example/v1", region: us-east-1 }
  dark: { type: openai-compatible, base_url: "https://dark.example/v1" }
projects: { interns: { models: [cheap] }, staff: {} }
`

/** What is to be proven. */
export const PROOFS = `
proofs:
  eu-stays: { when: "'eu' in request.tags", routes: [support], only: { region: eu } }
  interns-stay-cheap: { when: key.project == 'interns', never: { providers: [us] } }
  no-single-provider: { routes: [support], survives: provider }
`

/** A configuration in which everything holds, with gaps for what breaks it. */
export function write(gaps: Readonly<Record<string, string>> = {}): string {
  const at = (name: string, usual: string): string => gaps[name] ?? usual
  return `${HEAD}
routes:
  cheap: { targets: [eu/a${at('cheap', '')}] }
  support:
    fallback: { to: [${at('routeFallback', 'eu2/a')}] }
    steps:
      - { name: regulated, when: "${at('when', "'eu' in request.tags || request.session == 'eu'")}", targets: [${at('regulated', 'eu/a, eu2/a')}]${at('regulatedMore', '')} }
      - { name: long, when: request.input_tokens > 8000, targets: [${at('long', 'us/a, eu/a')}] }
      - { name: default, targets: [${at('default', 'us/a, dark/a')}] }
${at('keys', '')}
${gaps['proofs'] ?? PROOFS}`
}

/** The plan of a configuration. Throws what is wrong with it. */
export function planOf(text: string, environment: Readonly<Record<string, string>> = {}): Plan {
  const { plan, problems } = compileText(text, { environment })
  if (plan === undefined)
    throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  return plan
}

/** What becomes of its proofs. */
export const find = (text: string): readonly Finding[] => {
  const plan = planOf(text)
  return prove(plan, callersOf(plan))
}

/** The same in words. */
export const verdicts = (text: string): string[] =>
  find(text).map(({ proof, verdict }) => `${proof} ${verdict}`)

/** What becomes of them where everything holds. */
export const HOLDS = ['eu-stays holds', 'interns-stay-cheap holds', 'no-single-provider holds']
