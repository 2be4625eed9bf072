import type { ChatRequest } from '../exchange/chat.ts'
import { crc32 } from '../kit/hash.ts'
import { nearestNames } from '../kit/nearest.ts'
import { createSeededRandom, type Random } from '../kit/random.ts'
import { fitScript } from './fit-script.ts'
import { parseModelOptions, splitModelName, type ModelOptions } from './model-options.ts'
import type { RequestCount } from './request-counts.ts'
import type { ModelCard, Script, ScriptRequest, SimulatedModel } from './simulated-model.ts'
import { VendorError } from './vendor-error.ts'
import type { Vendor } from './vendors/vendor.ts'

/** A model as a request named it. */
export interface ChosenModel<Model extends ModelCard = ModelCard> {
  readonly model: Model
  readonly options: ModelOptions
}

/** Finds the model of a name such as `slow?ttft=2s`. Throws `VendorError`: 404 for the name, 400 for its options. */
export function chooseModel<Model extends ModelCard>(
  name: string,
  models: ReadonlyMap<string, Model>,
  vendor: Vendor,
): ChosenModel<Model> {
  const parts = splitModelName(name)
  const model = models.get(parts.base)
  if (model === undefined) throw modelMissing(name, models, vendor)
  return { model, options: parseModelOptions(parts, model.options) }
}

function modelMissing(name: string, models: ReadonlyMap<string, ModelCard>, vendor: Vendor): VendorError {
  const error = vendor.modelMissing(name)
  const nearest = nearestNames(splitModelName(name).base, models.keys())
  const hint = nearest.length === 0 ? '' : ` Simulated models of a similar name: ${nearest.join(', ')}.`
  return new VendorError(error.status, error.message + hint, error.details)
}

export interface ScriptSource {
  readonly chat: ChatRequest
  readonly chosen: ChosenModel<SimulatedModel>
  readonly models: ReadonlyMap<string, SimulatedModel>
  readonly vendor: Vendor
  readonly seed: number
  readonly count: RequestCount
}

/** Lets the model write its answers, one per choice, within the limits of the request. Throws `VendorError`. */
export function writeScripts(source: ScriptSource): readonly Script[] {
  const choices = source.chat.choices ?? 1
  return Array.from({ length: choices }, (_, choice) => writeScript(source, choice))
}

function writeScript(source: ScriptSource, choice: number): Script {
  const { chat, chosen, models, vendor, seed, count } = source
  const random = createSeededRandom(crc32(`${seed}/${choice}/${contentOf(chat)}`))
  const lot = createSeededRandom(crc32(`${seed}/${chat.model}/${count.turn}`)).next()
  const request: ScriptRequest = {
    chat,
    options: chosen.options,
    choice,
    random,
    turn: count.turn,
    lot,
    perMinute: count.perMinute,
    callId: () => vendor.callId(randomHex(random)),
    askModel(name) {
      const model = models.get(name)
      if (model === undefined) throw modelMissing(name, models, vendor)
      return model.answer(request)
    },
    failWith(status, retryAfterSeconds) {
      throw vendor.statusError(status, retryAfterSeconds)
    },
    failForQuota() {
      throw vendor.quotaSpent()
    },
  }
  return fitScript(chosen.model.answer(request), chat)
}

const ID_BYTES = 16

/** Sixteen bytes in hex, for ids. */
export function randomHex(random: Random): string {
  return [...random.bytes(ID_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** What the answer may depend on: not how it is delivered, nor marks that carry no meaning for the model. */
function contentOf(chat: ChatRequest): string {
  const { stream: _stream, wantsUsage: _wantsUsage, user: _user, metadata: _metadata, ...content } = chat
  return JSON.stringify(content, (key, value: unknown) =>
    key === 'cache' || key === 'extra' || key === 'cacheKey' || key === 'serviceTier' ? undefined : value,
  )
}
