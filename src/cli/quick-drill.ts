import type { ProviderSetup } from '../config/compile-providers.ts'
import { DRILL_FAULT_KINDS, DRILL_FAULTS, type Drill } from '../exchange/drill.ts'
import type { Plan } from '../gateway/plan.ts'
import { parseDuration } from '../kit/duration.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import { UsageError, type ParsedArguments } from './arguments.ts'
import { CommandError, EXIT } from './command.ts'

const REQUESTS = 12
const USUAL = '60s'

/** The drill behind `--outage PROVIDER`: a quick answer, with nothing expected but that everybody is answered. */
export function quickDrill(
  provider: string,
  given: ParsedArguments,
  { providers, plan }: { readonly providers: readonly ProviderSetup[]; readonly plan: Plan },
): Drill {
  const names = providers.map(({ name }) => name)
  if (!names.includes(provider)) throw unknown(`There is no provider ${provider}.`, provider, names)
  const kind = kindOf(given.text('fault') ?? 'outage')
  const forMs = parseDuration(given.text('for') ?? USUAL) ?? 0
  if (forMs <= 0 || forMs > LIMITS.drillMs)
    throw new UsageError('--for is a duration such as 60s or 5m, an hour at most.')
  const routes = given.list('route')
  for (const name of routes)
    if (plan.resolveRoute(name) === undefined)
      throw unknown(`There is no route ${name}.`, name, plan.routes.keys())
  const terms = { retry_after: 30, after_tokens: 3, delay: 20_000, tokens_per_second: 2, usd: 0n }
  return {
    name: 'quick',
    routes: routes.length === 0 ? 'all' : routes,
    faults: [{ kind, ...terms, provider, forMs }],
    traffic: 'invented',
    requests: REQUESTS,
    stream: 'mixed',
    expect: { success: { text: '>=100%', comparison: '>=', value: 1 } },
  }
}

function kindOf(text: string): Drill['faults'][number]['kind'] {
  const kind = DRILL_FAULT_KINDS.find((known) => known === text)
  const isOfProvider = kind !== undefined && DRILL_FAULTS[kind].at === 'provider'
  if (kind !== undefined && isOfProvider) return kind
  if (kind !== undefined)
    throw new UsageError(`The fault ${kind} strikes the gateway: write a drill into the file.`)
  const [nearest] = nearestNames(text, DRILL_FAULT_KINDS, 1)
  const hint =
    nearest === undefined ? `Known: ${DRILL_FAULT_KINDS.join(', ')}.` : `Did you mean "${nearest}"?`
  throw new UsageError(`There is no fault ${text}. ${hint}`)
}

function unknown(message: string, name: string, known: Iterable<string>): CommandError {
  const all = [...known]
  const [nearest] = nearestNames(name, all, 1)
  const hint =
    nearest === undefined ? `There are ${all.slice(0, 10).join(', ')}.` : `Did you mean "${nearest}"?`
  return new CommandError(EXIT.notFound, `${message} ${hint}`)
}
