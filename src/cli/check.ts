import { resolve } from 'node:path'
import { isUsable, renderProblem, type ConfigProblem } from '../config/problems.ts'
import type { Plan } from '../gateway/plan.ts'
import type { JsonObject } from '../kit/json.ts'
import { UsageError } from './arguments.ts'
import { EXIT, type Command, type CommandCall } from './command.ts'
import type { Finding } from '../insight/prove.ts'
import { compileOffline, type OfflinePlan } from './offline-plan.ts'
import { defined } from '../kit/defined.ts'
import { tellFinding, toJson } from './tell-finding.ts'

const FORMATS = ['text', 'github'] as const

/** Checks a configuration without starting anything. */
export const checkCommand: Command = {
  name: 'check',
  usage: '[FILE]',
  summary: 'Check a configuration: form, references, secrets.',
  examples: [
    'gatehouse check',
    'gatehouse check gatehouse.yaml --strict',
    'gatehouse check --prove',
    'gatehouse check --expanded',
  ],
  flags: {
    strict: { kind: 'switch', help: 'Warnings count as errors.' },
    prove: {
      kind: 'switch',
      help: 'Prove what stands under proofs: of every request that the rules can tell apart. What fails is shown by a request.',
    },
    expanded: { kind: 'switch', help: 'Print the plan: everything resolved.' },
    format: { kind: 'text', value: 'NAME', help: 'text, or github for annotations; default: text.' },
  },
  positionals: 1,
  async run(call) {
    const { arguments: given } = call
    const format = given.text('format') ?? 'text'
    if (!FORMATS.some((known) => known === format)) {
      throw new UsageError(`There is no format "${format}". Known: ${FORMATS.join(', ')}.`)
    }
    return report(call, format)
  },
}

async function expand(plan: Plan): Promise<JsonObject> {
  const { describePlan } = await import('../config/describe-plan.ts')
  return describePlan(plan)
}

async function report(call: CommandCall, format: string): Promise<number> {
  const { arguments: given, output } = call
  const [file] = given.positionals
  const checked = await compileOffline(call, {
    ...(file === undefined ? {} : { file: resolve(call.directory, file) }),
    strict: given.has('strict'),
  })
  const { problems, plan } = checked.compiled
  const expanded = plan !== undefined && given.has('expanded') ? await expand(plan) : undefined
  const findings = plan !== undefined && given.has('prove') ? await proveAll(plan) : undefined
  if (output.json)
    output.value({ ...toReport(checked), ...defined({ plan: expanded, proofs: findings?.map(toJson) }) })
  else {
    tell(checked, format, call)
    for (const finding of findings ?? []) output.line(tellFinding(finding))
    if (expanded !== undefined) output.line(JSON.stringify(expanded, null, 2))
  }
  if (!isUsable(problems)) return EXIT.usage
  return findings?.some(({ verdict }) => verdict !== 'holds') === true ? EXIT.failed : EXIT.ok
}

async function proveAll(plan: Plan): Promise<readonly Finding[]> {
  const [{ prove }, { callersOf }] = await Promise.all([
    import('../insight/prove.ts'),
    import('../insight/callers.ts'),
  ])
  return prove(plan, callersOf(plan))
}

function tell({ compiled, file, text }: OfflinePlan, format: string, { output }: CommandCall): void {
  const { problems, plan } = compiled
  for (const problem of problems) {
    if (format === 'github') output.line(annotation(problem, file))
    else output.line(renderProblem(problem, { file, text }))
  }
  if (plan === undefined) {
    output.say(`${file}: ${count(problems.length, 'problem')}.`)
    return
  }
  const warnings = problems.length === 0 ? '' : `, ${count(problems.length, 'warning')}`
  const parts = [count(compiled.providers.length, 'provider'), count(plan.models.length, 'model name')]
  output.say(`${file}: fine${warnings}. ${parts.join(', ')}.`)
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function annotation(problem: ConfigProblem, file: string): string {
  const place = `file=${file},line=${problem.line ?? 1},col=${problem.column ?? 1}`
  const text = [`${problem.path}: ${problem.message}`, problem.hint ?? ''].join(' ').trim()
  return `::${problem.severity} ${place}::${text.replaceAll('%', '%25').replaceAll('\n', '%0A')}`
}

function toReport({ compiled, file }: OfflinePlan): JsonObject {
  return {
    file,
    ok: compiled.plan !== undefined,
    problems: compiled.problems.map(({ severity, path, message, value, hint, line, column }) => ({
      severity,
      path,
      message,
      ...defined({ value, hint, line, column }),
    })),
  }
}
