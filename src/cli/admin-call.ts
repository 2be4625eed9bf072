import { join } from 'node:path'
import { ADMIN_TOKEN_FILE } from '../boot/admin-token.ts'
import { readTextFile } from '../boot/read-text.ts'
import {
  parseJsonObject,
  readNumber,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { isProcessAlive, readAddress } from './address-file.ts'
import { CommandError, EXIT, type CommandCall } from './command.ts'
import { pathsOf } from './installation.ts'

const NOT_FOUND = 404
const DENIED: readonly number[] = [401, 403]
const MISTAKES: readonly number[] = [400, 409, 412, 422]

/**
 * Asks the gateway that runs on the data directory of a call, with its admin token.
 *
 * @throws CommandError in the words of the gateway where it refuses, or where none runs
 */
export async function callAdmin(
  call: CommandCall,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  { path, body }: { readonly path: string; readonly body?: Json },
): Promise<JsonObject> {
  const { dataDirectory } = pathsOf(call)
  const address = readAddress(dataDirectory, isProcessAlive)
  if (address === undefined)
    throw new CommandError(EXIT.unreachable, `No gateway runs on ${dataDirectory}. Start it: gatehouse`)
  const kept = readTextFile(join(dataDirectory, ADMIN_TOKEN_FILE))?.trim()
  const token = call.environment['GATEHOUSE_ADMIN_TOKEN'] ?? kept ?? ''
  const response = await fetch(`${address.adminUrl}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(LIMITS.whatIfMs),
  }).catch((thrown: unknown) => {
    throw new CommandError(EXIT.unreachable, `${address.adminUrl} does not answer: ${String(thrown)}`)
  })
  const answer = parseJsonObject(await response.text()) ?? {}
  if (response.ok) return answer
  throw new CommandError(exitOf(response.status), tellProblem(answer))
}

function exitOf(status: number): number {
  if (status === NOT_FOUND) return EXIT.notFound
  if (DENIED.includes(status)) return EXIT.denied
  return MISTAKES.includes(status) ? EXIT.usage : EXIT.failed
}

/** A problem document as lines: what is wrong, each mistake with its place, and what was probably meant. */
function tellProblem(problem: JsonObject): string {
  const head = readString(problem, 'detail') ?? readString(problem, 'title') ?? 'The gateway refuses.'
  const errors = readObjects(problem, 'errors').map((error) => {
    const line = readNumber(error, 'line')
    const place = line === undefined ? '' : `line ${line}: `
    const hint = readString(error, 'hint')
    return `  ${place}${readString(error, 'path') ?? ''}: ${readString(error, 'message') ?? ''}${hint === undefined ? '' : `. ${hint}`}`
  })
  const nearest = problem['nearest']
  const meant = Array.isArray(nearest) && nearest.length > 0 ? [`Did you mean ${nearest.join(', ')}?`] : []
  return [head, ...errors, ...meant].join('\n')
}
