import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseBody } from '../admin/admin-route.ts'
import { answerExplain, explainSchema, type ExplainNeeds } from '../admin/explain-question.ts'
import { AdminProblem } from '../admin/problem.ts'
import { readBytes } from '../boot/read-text.ts'
import { DIALECTS } from '../dialects/all.ts'
import { Failure } from '../exchange/failure.ts'
import { explanationJson } from '../insight/explanation-json.ts'
import { defined } from '../kit/defined.ts'
import type { Json } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { createBudgets } from '../ledger/budgets.ts'
import { openCounters } from '../store/open-counters.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type CommandCall } from './command.ts'
import { openInstallation, pathsOf, type Installation } from './installation.ts'
import { usablePlan } from './offline-plan.ts'
import { tellDivision } from './tell-division.ts'
import { tellExplanation } from './tell-explanation.ts'

/** What would become of a request: an imagined one for a model, or one whose body is given. */
export async function explainRequest(model: string | undefined, call: CommandCall): Promise<number> {
  const { output } = call
  const body = await readRequest(call)
  const [plan, installation] = [await usablePlan(call), await installationFor(call)]
  try {
    const question = parseBody(explainSchema, questionOf(model, call))
    const needs = { plan, dialects: DIALECTS, clock: call.clock, ...storedOf(installation, call) }
    const explanation = await answerExplain(question, needs, body)
    if (output.json) {
      output.value(explanationJson(explanation))
      return EXIT.ok
    }
    const { route } = explanation.decided
    const division = route === undefined ? [] : await tellDivision(route, call)
    tellExplanation(explanation, division, output)
    return EXIT.ok
  } catch (thrown) {
    throw toCommandError(thrown)
  } finally {
    await installation?.close()
  }
}

/** The flags as the body that the admin API takes, so that both are read and checked by the same. */
function questionOf(model: string | undefined, { arguments: given }: CommandCall): Json {
  const texts = ['dialect', 'operation', 'key', 'session', 'customer', 'region', 'outage']
  const switches = ['tools', 'vision', 'documents', 'audio', 'json-schema', 'budget']
  const written: Record<string, Json> = {}
  if (model !== undefined) written['model'] = model
  for (const flag of texts) {
    const value = given.text(flag)
    if (value !== undefined) written[flag] = value
  }
  for (const flag of switches) if (given.has(flag)) written[flag.replace('-', '_')] = true
  if (given.has('tag')) written['tags'] = given.list('tag')
  if (given.has('header')) written['headers'] = Object.fromEntries(given.all('header').map(readHeader))
  const [tokens, mostOutput] = [given.number('tokens'), given.number('max-output')]
  return { ...written, ...defined({ tokens, max_output: mostOutput }) }
}

function readHeader(text: string): readonly [name: string, value: string] {
  const at = text.indexOf(':')
  if (at < 1) throw new UsageError(`--header takes "name: value", not "${text}".`)
  return [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()]
}

async function readRequest(call: CommandCall): Promise<Uint8Array | undefined> {
  const file = call.arguments.text('request')
  if (file === undefined) return undefined
  const bytes = file === '-' ? await call.readInput() : readBytes(resolve(call.directory, file))
  if (bytes === undefined)
    throw new CommandError(EXIT.notFound, `There is no file ${file}, or it cannot be read.`)
  if (bytes.length <= LIMITS.requestBodyBytes) return bytes
  throw new UsageError(
    `A request has at most ${LIMITS.requestBodyBytes} bytes, and this one ${bytes.length}.`,
  )
}

/** The installation is asked about a key alone; without one there is nothing that it knows. */
async function installationFor(call: CommandCall): Promise<Installation | undefined> {
  if (!call.arguments.has('key') || !existsSync(pathsOf(call).dataDirectory)) return undefined
  return openInstallation(call, 'read')
}

function storedOf(
  installation: Installation | undefined,
  { clock }: CommandCall,
): Pick<ExplainNeeds, 'keys' | 'usesOf'> {
  if (installation === undefined) return { usesOf: () => [] }
  const { keys, ledger } = installation.store
  const budgets = createBudgets({ counters: openCounters('memory:'), ledger, clock })
  return { keys, usesOf: ({ budgetPeriods }) => budgets.uses(budgetPeriods) }
}

function toCommandError(thrown: unknown): unknown {
  if (thrown instanceof Failure) return new UsageError(thrown.message)
  if (!(thrown instanceof AdminProblem)) return thrown
  if (thrown.code === 'not-found') return new CommandError(EXIT.notFound, thrown.message)
  const lines = (thrown.facts.errors ?? []).map(({ path, message, hint = '' }) =>
    `${path}: ${message}. ${hint}`.trim(),
  )
  return new UsageError(lines.length === 0 ? thrown.message : lines.join('\n'))
}
