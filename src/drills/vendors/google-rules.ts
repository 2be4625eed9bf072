import { readObject, readObjects, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { VendorError } from '../vendor-error.ts'
import { indexedObjects } from '../wire-path.ts'

const FUNCTION_NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/

/** Fields of a request (https://ai.google.dev/api/generate-content); the gateway's own and others' are refused by name. */
const FIELDS: ReadonlySet<string> = new Set([
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'safetySettings',
  'cachedContent',
  'labels',
  'serviceTier',
  'store',
])

const CONFIG_FIELDS: ReadonlySet<string> = new Set([
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseModalities',
  'mediaResolution',
  'speechConfig',
  'imageConfig',
  'thinkingConfig',
])

/** Refuses what Google refuses. Throws `VendorError` of status 400 in its words. */
export function checkGoogleRequest(body: JsonObject): void {
  checkFields(body, FIELDS, '')
  const config = readObject(body, 'generationConfig')
  if (config !== undefined) checkFields(config, CONFIG_FIELDS, " at 'generation_config'")
  for (const [index, content] of indexedObjects(body, 'contents')) checkContent(content, index)
  checkCalls(readObjects(body, 'contents'))
  checkSignatures(readObjects(body, 'contents'))
  for (const tool of readObjects(body, 'tools')) checkFunctions(tool)
}

const EMBED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'content',
  'taskType',
  'title',
  'outputDimensionality',
])
const MOST_TEXTS = 100

/** Refuses what Google refuses of texts to embed. Throws `VendorError` of status 400 in its words. */
export function checkGoogleTexts(body: JsonObject): void {
  const isBatch = body['requests'] !== undefined
  const entries = isBatch ? readObjects(body, 'requests') : [body]
  if (entries.length > MOST_TEXTS)
    refuse(`* BatchEmbedContentsRequest.requests: at most ${MOST_TEXTS} requests can be in one batch`)
  for (const entry of entries) {
    checkFields(entry, EMBED_FIELDS, isBatch ? " at 'requests'" : '')
    if (isBatch && !(readString(entry, 'model') ?? '').startsWith('models/'))
      refuse('* BatchEmbedContentsRequest.requests: the model must be the same as that of the batch')
    checkContent(readObject(entry, 'content') ?? {}, 0)
  }
}

function refuse(message: string): never {
  throw new VendorError(400, message)
}

function checkFields(object: JsonObject, known: ReadonlySet<string>, place: string): void {
  const unknown = Object.keys(object).find((name) => !known.has(name))
  if (unknown !== undefined)
    refuse(`Invalid JSON payload received. Unknown name "${unknown}"${place}: Cannot find field.`)
}

function checkContent(content: JsonObject, index: number): void {
  const role = content['role']
  if (role !== undefined && role !== 'user' && role !== 'model')
    refuse('Please use a valid role: user, model.')
  const parts = readObjects(content, 'parts')
  if (parts.length === 0)
    refuse(`* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.`)
  if (role !== 'model' && !parts.every(saysSomething))
    refuse(
      'Unable to submit request because it must have a text parameter. Add a text parameter and try again.',
    )
}

/** Only answers end in texts that say nothing, and those come back. */
function saysSomething(part: JsonObject): boolean {
  return Object.keys(part).length > 0 && part['text'] !== ''
}

/**
 * The first call of each answer of the current turn has to bear the signature that came with it, or the word that stands for none: those
 * since the user has last said something (https://ai.google.dev/gemini-api/docs/thought-signatures). Models before Gemini 3 do not ask.
 */
function checkSignatures(contents: readonly JsonObject[]): void {
  const isSaid = (content: JsonObject): boolean =>
    content['role'] !== 'model' && countParts(content, 'functionResponse') === 0
  const turn = contents.findLastIndex(isSaid)
  for (const [index, content] of contents.entries()) {
    if (index < turn) continue
    const call = readObjects(content, 'parts').find((part) => isHeld(part['functionCall']))
    if (call === undefined || (readString(call, 'thoughtSignature') ?? '') !== '') continue
    const name = readString(readObject(call, 'functionCall') ?? {}, 'name') ?? ''
    refuse(
      `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${name}\` , position ${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
    )
  }
}

/**
 * Results stand right behind their calls, and there are as many. Gemini CLI says each twice when it takes up a session again, and is
 * refused (https://github.com/google-gemini/gemini-cli/issues/29365).
 */
function checkCalls(contents: readonly JsonObject[]): void {
  let open = 0
  for (const content of contents) {
    const calls = countParts(content, 'functionCall')
    const responses = countParts(content, 'functionResponse')
    if (responses !== open)
      refuse(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      )
    open = calls
  }
}

function countParts(content: JsonObject, name: string): number {
  return readObjects(content, 'parts').filter((part) => isHeld(part[name])).length
}

function isHeld(value: Json | undefined): boolean {
  return value !== undefined && value !== null
}

function checkFunctions(tool: JsonObject): void {
  for (const declaration of readObjects(tool, 'functionDeclarations')) {
    const name = readString(declaration, 'name') ?? ''
    if (!FUNCTION_NAME.test(name))
      refuse(`Invalid function name: ${name}. Must start with a letter or an underscore.`)
  }
}
