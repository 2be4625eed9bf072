import { createKey } from '../../admin/create-key.ts'
import { AdminProblem } from '../../admin/problem.ts'
import { defined } from '../../kit/defined.ts'
import {
  isArray,
  parseJsonObject,
  readNumber,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { UsageError, type FlagSpecs } from '../arguments.ts'
import { CommandError, EXIT, type CommandCall } from '../command.ts'
import { dataUrl, readFirstKey } from '../data-url.ts'
import { leaveEntry } from '../leave-entry.ts'
import { openInstallation, pathsOf } from '../installation.ts'
import type { Front, FrontModel } from '../../clients/client-row.ts'
import { isPlainWord } from '../../clients/plain-word.ts'

/** A gateway that was just told of a key knows it within a second. */
const KEY_TRIES = 8
const KEY_PAUSE_MS = 250
const USUAL_MODEL = 'auto'

/** Flags of the commands that point a client at the gateway. */
export const FRONT_FLAGS: FlagSpecs = {
  key: { kind: 'text', value: 'KEY', help: 'Key that the client gets; default: the first key.' },
  'make-key': { kind: 'switch', help: 'Make a key that is named after the client.' },
  model: {
    kind: 'text',
    value: 'NAME',
    help: 'What it asks for; default: auto, or the first that there is.',
  },
  url: {
    kind: 'text',
    value: 'URL',
    help: 'Address of the gateway; default: where it runs on this machine.',
  },
}

/**
 * What a client is pointed at: address, key, and the models that the key may use.
 *
 * @throws CommandError without a key, or when the gateway refuses it
 */
export async function openFront(call: CommandCall, client: string): Promise<Front> {
  const { arguments: given, output } = call
  const url = plain('url', given.text('url')?.replace(/\/+$/, '')) ?? (await dataUrl(call, pathsOf(call)))
  if (!URL.canParse(url))
    throw new UsageError(`--url needs an address such as https://gateway.example, not "${url}".`)
  const asked = plain('model', given.text('model'))
  const key = await keyFor(call, client)
  const listed = await listModels(call, { url, key, tries: given.has('make-key') ? KEY_TRIES : 1 })
  const models = (listed ?? []).filter(({ id }) => isPlainWord(id)).slice(0, LIMITS.connectedModels)
  if (listed === undefined) {
    output.say('The gateway does not answer, so the models are not filled in. Start it and connect again.')
  }
  const usual = models.find(({ id }) => id === USUAL_MODEL) ?? models[0]
  const model = asked ?? usual?.id ?? USUAL_MODEL
  if (asked !== undefined && listed !== undefined && !listed.some(({ id }) => id === asked)) {
    output.say(`The key has no ${asked} in its list of models; the client is told of it all the same.`)
  }
  return {
    url,
    key,
    model,
    models: models.length === 0 ? [{ id: model }] : models,
    answers: listed !== undefined,
  }
}

function plain(flag: string, value: string | undefined): string | undefined {
  if (value === undefined || isPlainWord(value)) return value
  throw new UsageError(`--${flag} takes letters, digits and . / : @ * + ? = & , - only.`)
}

async function keyFor(call: CommandCall, client: string): Promise<string> {
  const { arguments: given } = call
  const named = plain('key', given.text('key'))
  if (given.has('make-key')) {
    if (named !== undefined) throw new UsageError('--key and --make-key exclude each other.')
    return makeKey(call, client)
  }
  const key = named ?? readFirstKey(pathsOf(call).dataDirectory)
  if (key !== undefined) return key
  throw new CommandError(
    EXIT.notFound,
    'There is no first key yet. Start the gateway once, or pass --key or --make-key.',
  )
}

async function makeKey(call: CommandCall, name: string): Promise<string> {
  const here = await openInstallation(call, 'write')
  const { store, mint, projects = [], close } = here
  try {
    const nowMs = (): number => call.clock.nowMs()
    const { key, record } = await leaveEntry(call, here, {
      act: 'connect --make-key',
      summary: `name: ${name}`,
      async work(made) {
        const created = await createKey(
          { name },
          { keys: store.keys, mint: () => mint('live'), nowMs, projects, via: 'cli' },
        )
        made(`key:${created.record.id}`)
        return created
      },
    })
    call.output.say(`Key ${record.name} (${record.id}) was made.`)
    return key.reveal()
  } catch (thrown) {
    if (!(thrown instanceof AdminProblem)) throw thrown
    const [first] = thrown.facts.errors ?? []
    throw new CommandError(
      EXIT.failed,
      `${first?.message ?? thrown.message}. ${first?.hint ?? ''} Or pass it: --key KEY`,
    )
  } finally {
    await close()
  }
}

interface Asking {
  readonly url: string
  readonly key: string
  readonly tries: number
}

/** The models of a key that can be talked with; undefined where nobody answers. */
async function listModels(
  call: CommandCall,
  { url, key, tries }: Asking,
): Promise<readonly FrontModel[] | undefined> {
  for (let left = tries; ; left -= 1) {
    const response = await ask(`${url}/v1/models`, key)
    if (response === undefined) return undefined
    const isRefused = response.status === 401 || response.status === 403
    if (!isRefused) return toModels(parseJsonObject(await response.text()) ?? {})
    if (left <= 1) {
      throw new CommandError(
        EXIT.denied,
        'The gateway refuses the key. Pass another with --key, or --make-key.',
      )
    }
    await new Promise<void>((resolve) => void call.clock.after(KEY_PAUSE_MS, resolve))
  }
}

async function ask(url: string, key: string): Promise<Response | undefined> {
  try {
    const signal = AbortSignal.timeout(LIMITS.commandAnswerMs)
    return await fetch(url, { headers: { authorization: `Bearer ${key}` }, signal, redirect: 'manual' })
  } catch {
    return undefined
  }
}

/** The list says twice what a model is, for two families of clients; one of them says what can be asked of it. */
function toModels(list: JsonObject): readonly FrontModel[] {
  const resources = readObjects(list, 'models')
  return readObjects(list, 'data').flatMap((row, index) => {
    const id = readString(row, 'id')
    const methods = resources[index]?.['supportedGenerationMethods']
    const isChat = !isArray(methods) || methods.includes('generateContent')
    return id === undefined || !isChat ? [] : [toModel(id, row)]
  })
}

function toModel(id: string, row: JsonObject): FrontModel {
  const read = readObject(row, 'architecture')?.['input_modalities']
  return {
    id,
    ...defined({
      contextTokens: readNumber(row, 'context_window'),
      maxOutputTokens: readNumber(row, 'max_output_tokens'),
      vision: isArray(read) ? read.includes('image') : undefined,
    }),
  }
}
