import { connect } from 'node:net'
import { LIMITS } from '../../kit/limits.ts'
import {
  parseJsonObject,
  readBoolean,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../../kit/json.ts'
import type { Address } from '../address-file.ts'
import { well, type Finding } from './finding.ts'

/** What is known of a gateway from outside. */
export interface GatewayFacts {
  /** Where the one of this data directory listens; undefined: it does not run. */
  readonly address: Address | undefined
  /** What the operator's API asks for; undefined: it is not known. */
  readonly token: string | undefined
  /** Version of the plan that the file makes now; undefined where it makes none. */
  readonly planVersion: string | undefined
  /** Where it would listen. */
  readonly host: string
  readonly port: number
}

/** Does it run, and if not, could it? */
export async function runningFindings({ address, host, port }: GatewayFacts): Promise<readonly Finding[]> {
  if (address === undefined) {
    const idle: Finding = {
      state: 'note',
      text: 'no gateway runs on this data directory',
      advice: 'Start it: gatehouse',
    }
    if (port === 0 || !(await isTaken(host, port))) return [idle]
    const advice = 'Stop what listens there, or choose another with server.port or --port.'
    return [idle, { state: 'warning', text: `port ${port} on ${host} is taken by somebody else`, advice }]
  }
  const models = await ask(`${address.dataUrl}/v1/models`, undefined)
  // Without a key it is refused: that is the answer of a gateway.
  if (models !== undefined)
    return well(`it runs, process ${address.processId}, and answers at ${address.dataUrl}`)
  const advice = 'Look at its log; if it hangs, end the process and start it again.'
  return [
    {
      state: 'error',
      text: `process ${address.processId} runs, but nothing answers at ${address.dataUrl}`,
      advice,
    },
  ]
}

/** What the running gateway says of itself. */
export async function adminFindings(facts: GatewayFacts): Promise<readonly Finding[]> {
  const { address, token } = facts
  if (address === undefined) return [{ state: 'skipped', text: 'no gateway runs' }]
  const answer = await ask(`${address.adminUrl}/statusz`, token)
  if (answer === undefined) {
    return [
      {
        state: 'error',
        text: `nothing answers at ${address.adminUrl}`,
        advice: 'Look at the log of the gateway.',
      },
    ]
  }
  if (answer.status === 401 || answer.status === 403) {
    const advice = 'The token is server.admin_token, or stands in admin.token of the data directory.'
    return [
      { state: 'error', text: `${address.adminUrl} refuses the admin token (${answer.status})`, advice },
    ]
  }
  const status = parseJsonObject(await answer.text().catch(() => '')) ?? {}
  return [...well(`${address.adminUrl} answers`), ...statusFindings(status, facts)]
}

function statusFindings(status: JsonObject, { planVersion }: GatewayFacts): readonly Finding[] {
  const troubles = readObjects(status, 'troubles').map((trouble): Finding => ({
    state: readBoolean(trouble, 'unready') === true ? 'error' : 'warning',
    text: readString(trouble, 'text') ?? 'a trouble without words',
  }))
  const ailing = readObjects(status, 'providers')
    .filter((provider) => !['ready', undefined].includes(readString(provider, 'state')))
    .map((provider): Finding => ({
      state: 'warning',
      text: `${readString(provider, 'name')}: ${readString(provider, 'state')}`,
      advice: 'gatehouse top shows who rests, and for how long.',
    }))
  return [...troubles, ...ailing, ...planFindings(readObject(status, 'config') ?? {}, planVersion)]
}

/** The version of a plan is a count and a hash of the file. */
function planFindings(config: JsonObject, planVersion: string | undefined): readonly Finding[] {
  if (readBoolean(config, 'last_reload_ok') === false) {
    const advice = 'gatehouse check says what is wrong; the file before it is in force.'
    return [{ state: 'error', text: 'the newest text of the file is not in force', advice }]
  }
  const running = readString(config, 'plan')
  if (running === undefined || planVersion === undefined || hashIn(running) === hashIn(planVersion)) return []
  const advice = 'Save it once more, send SIGHUP, or start the gateway with this --config.'
  return [{ state: 'warning', text: 'the running gateway has another configuration than this file', advice }]
}

function hashIn(version: string): string {
  return version.slice(version.lastIndexOf('-') + 1)
}

async function ask(url: string, token: string | undefined): Promise<Response | undefined> {
  try {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    return await fetch(url, {
      headers,
      signal: AbortSignal.timeout(LIMITS.commandAnswerMs),
      redirect: 'manual',
    })
  } catch {
    return undefined
  }
}

/** Does somebody listen there? */
function isTaken(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host: host === '0.0.0.0' ? '127.0.0.1' : host, port })
  socket.setTimeout(LIMITS.commandAnswerMs)
  const end = (answer: boolean) => () => {
    socket.destroy()
    resolve(answer)
  }
  socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false))
  return promise
}
