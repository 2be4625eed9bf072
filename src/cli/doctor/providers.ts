import { entriesOf } from '../../exchange/route.ts'
import type { Credential, SpokenDialect, Target } from '../../exchange/target.ts'
import type { Plan } from '../../gateway/plan.ts'
import { LIMITS } from '../../kit/limits.ts'
import { someOf, well, type Finding } from './finding.ts'

/** One account at one provider. */
interface Door {
  readonly spoken: SpokenDialect
  readonly credential: Credential
}

/** Every provider with every credential is asked for its models: that costs nothing, and tells whether the key is taken. */
export async function providerFindings(plan: Plan): Promise<readonly Finding[]> {
  const doors = doorsOf(plan)
  const found: Finding[] = []
  for (let first = 0; first < doors.length; first += LIMITS.doctorCalls) {
    const next = doors.slice(first, first + LIMITS.doctorCalls)
    found.push(...(await Promise.all(next.map(knock))))
  }
  return found.length === 0 ? [{ state: 'skipped', text: 'none but the simulated one' }] : found
}

/** Targets of routes, each once. */
function targetsOf(plan: Plan): readonly Target[] {
  const routes = [...plan.routes.values(), ...(plan.matches ?? []).map(({ route }) => route)]
  const all = routes.flatMap((route) => entriesOf(route)).map(({ target }) => target)
  return [...new Map(all.map((target) => [target.id, target])).values()]
}

function doorsOf(plan: Plan): readonly Door[] {
  const doors = new Map<string, Door>()
  for (const { spoken, credentials, simulated } of targetsOf(plan)) {
    const [first] = spoken
    if (simulated || first === undefined) continue
    for (const credential of credentials) {
      doors.set(credential.id, { spoken: first, credential })
    }
  }
  return [...doors.values()]
}

async function knock({ spoken, credential }: Door): Promise<Finding> {
  const { auth, baseUrl } = spoken
  const name = credential.id
  const secret = credential.secret.reveal()
  // What is signed is signed over a whole request: here it is found out whether anybody is there.
  const own = 'header' in auth && secret !== '' ? { [auth.header]: auth.prefix + secret } : {}
  try {
    const response = await fetch(`${baseUrl}/models`, {
      headers: { ...spoken.headers, ...own },
      signal: AbortSignal.timeout(LIMITS.doctorAnswerMs),
      redirect: 'manual',
    })
    await response.body?.cancel()
    return judge(name, response.status, 'header' in auth)
  } catch {
    const advice = `Look at the network, a proxy and base_url: ${originOf(baseUrl)}`
    return { state: 'error', text: `${name} does not answer`, advice }
  }
}

function judge(name: string, status: number, isAsked: boolean): Finding {
  if (status === 200) return { state: 'ok', text: `${name} answers and takes the key` }
  if ((status === 401 || status === 403) && isAsked) {
    return {
      state: 'error',
      text: `${name} refuses the key (${status})`,
      advice: 'Renew the key where the file refers to it.',
    }
  }
  if (status === 429) return { state: 'warning', text: `${name} answers that there are too many requests` }
  if (status >= 500)
    return {
      state: 'warning',
      text: `${name} answers with status ${status}`,
      advice: 'Its status page says more.',
    }
  return { state: 'ok', text: `${name} answers (${status} to a list of models)` }
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}

/** Without a price a budget cannot hold, and the ledger has a gap. */
export function priceFindings(plan: Plan): readonly Finding[] {
  const missing = targetsOf(plan)
    .filter(({ price, simulated }) => price === undefined && !simulated)
    .map(({ id }) => id)
  if (missing.length === 0) return well('every target of a route has a price')
  const advice = 'Give them one under models.NAME.price, or say that they cost nothing: docs/accounting.md'
  return [
    {
      state: 'warning',
      text: `no price is known for ${someOf(missing)}: their cost is unknown, not zero`,
      advice,
    },
  ]
}
