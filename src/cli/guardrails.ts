import { join } from 'node:path'
import { readTextFile } from '../boot/read-text.ts'
import { GUARD_PHASES, type GuardPhase } from '../exchange/guard.ts'
import type { Plan } from '../gateway/plan.ts'
import type { GuardAction } from '../guardrails/guardrail.ts'
import { createKeyedPlaceholders } from '../guardrails/placeholders.ts'
import { toTrialJson, tryText, type TriedGuardrail } from '../insight/try-guardrails.ts'
import { unknownRoute } from '../insight/unknown-route.ts'
import { createHmacSha256Hex } from '../kit/hash.ts'
import { defined } from '../kit/defined.ts'
import { formatDuration } from '../kit/duration.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import { usablePlan } from './offline-plan.ts'

const ACTIONS = ['list', 'test'] as const

/** What guardrails look for, and what they would do with a text: of a file, without a gateway. */
export const guardrailsCommand: Command = {
  name: 'guardrails',
  usage: 'list | test --text TEXT | test --file FILE',
  summary: 'Guardrails: list them, and see what they would find in a text and do with it.',
  examples: [
    'gatehouse guardrails list',
    'gatehouse guardrails test --text "write to ana@example.com"',
    'gatehouse guardrails test --file mail.txt --route support --phase output',
  ],
  flags: {
    text: { kind: 'text', value: 'TEXT', help: 'test: the text.' },
    file: { kind: 'text', value: 'FILE', help: 'test: the file that holds it.' },
    route: {
      kind: 'text',
      value: 'NAME',
      help: 'test: of which route; default: those that hold everywhere.',
    },
    key: { kind: 'text', value: 'NAME', help: 'test: the name of the key that would ask.' },
    project: { kind: 'text', value: 'NAME', help: 'test: its project.' },
    phase: { kind: 'text', value: 'PHASE', help: 'test: input (default) or output.' },
  },
  positionals: 1,
  async run(call) {
    const [action = 'list'] = call.arguments.positionals
    const known = ACTIONS.find((one) => one === action)
    if (known === undefined) {
      const [nearest = 'list'] = nearestNames(action, ACTIONS, 1)
      throw new UsageError(`There is no "guardrails ${action}". Did you mean "guardrails ${nearest}"?`)
    }
    const text = known === 'test' ? readText(call) : undefined
    const plan = await usablePlan(call, { probe: false })
    return text === undefined ? list(call, plan) : test(call, plan, text)
  },
}

function list({ output }: CommandCall, { guardrails }: Plan): number {
  const all = guardrails?.all ?? []
  if (output.json)
    output.value(
      all.map(({ name, kind, phases, action, isShadow }) => ({
        name,
        kind,
        phases,
        action: action.type,
        ...maskingJson(action),
        mode: isShadow ? 'shadow' : 'enforce',
      })),
    )
  else if (all.length === 0)
    output.say('There are no guardrails. docs/guardrails.md tells how to write some.')
  else
    output.table(
      ['GUARDRAIL', 'LOOKS FOR', 'AT', 'ACTION', 'MODE'],
      all.map(({ name, kind, phases, action, isShadow }) => [
        name,
        kind,
        phases.join(', '),
        actionText(action),
        isShadow ? 'shadow' : 'enforce',
      ]),
    )
  return EXIT.ok
}

function maskingJson(action: GuardAction): JsonObject {
  if (action.type !== 'mask') return {}
  const { restore, as, rememberMs } = action
  return { restore, ...defined({ as, remember_ms: rememberMs }) }
}

/** What is done, with what becomes of what is masked. */
function actionText(action: GuardAction): string {
  if (action.type !== 'mask') return action.type
  const { restore, rememberMs } = action
  const how = [
    action.type,
    restore ? 'put back' : '',
    rememberMs === undefined ? '' : `remembered for ${formatDuration(rememberMs)}`,
  ]
  return how.filter((part) => part !== '').join(', ')
}

function test(call: CommandCall, plan: Plan, text: string): number {
  const { arguments: given, output, clock } = call
  const route = given.text('route')
  const unknown = unknownRoute(route, { draft: plan })
  if (unknown !== undefined) throw new CommandError(EXIT.notFound, unknown.message)
  const subject = { route: route ?? '', keyName: given.text('key') ?? '', project: given.text('project') }
  const tried = tryText(
    plan.guardrails,
    { text, phase: readPhase(given.text('phase')), subject },
    {
      elapsedMs: () => clock.elapsedMs(),
      createPlaceholders: createKeyedPlaceholders(createHmacSha256Hex('a trial')),
    },
  )
  if (output.json) {
    output.value(toTrialJson(tried))
    return EXIT.ok
  }
  output.table(
    ['GUARDRAIL', 'VERDICT', 'FOUND'],
    tried.guardrails.map((one) => [one.guardrail, tellVerdict(one), tellFound(one)]),
  )
  output.say(`\n${tried.verdict}: ${tried.verdict === 'blocked' ? 'nothing goes on' : tried.text}`)
  return EXIT.ok
}

function readText({ arguments: given, directory }: CommandCall): string {
  const file = given.text('file')
  const text = file === undefined ? given.text('text') : readTextFile(join(directory, file))
  if (text === undefined && file !== undefined)
    throw new CommandError(EXIT.notFound, `There is no file ${file}, or it cannot be read.`)
  if (text === undefined) throw new UsageError('gatehouse guardrails test of what? Give --text or --file.')
  if (text.length > LIMITS.guardrailTrialCharacters)
    throw new UsageError(`The text has more than ${LIMITS.guardrailTrialCharacters} characters.`)
  return text
}

function readPhase(word = 'input'): GuardPhase {
  const phase = GUARD_PHASES.find((one) => one === word)
  if (phase === undefined) throw new UsageError(`There is no phase ${word}: ${GUARD_PHASES.join(' or ')}.`)
  return phase
}

function tellVerdict({ verdict, isShadow }: TriedGuardrail): string {
  if (verdict === undefined) return 'not tried: it asks somebody'
  return isShadow && verdict !== 'passed' ? `would be ${verdict}` : verdict
}

function tellFound({ found }: TriedGuardrail): string {
  return found.map(({ name, start, end }) => `${name} at ${start}–${end}`).join(', ')
}
