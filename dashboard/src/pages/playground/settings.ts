/** What all columns are asked alike; texts as they stand in their fields. */
export interface Settings {
  readonly prompt: string
  readonly system: string
  readonly tools: string
  readonly schema: string
  readonly maxOutput: string
  readonly temperature: string
  readonly topP: string
  readonly seed: string
  readonly effort: string
  readonly stop: string
  /** Id of the key; empty: the operator. */
  readonly key: string
}

export const FIRST_SETTINGS: Settings = {
  prompt: 'What is a gatehouse? Answer in under 120 words.',
  system: '',
  tools: '',
  schema: '',
  maxOutput: '1000',
  temperature: '',
  topP: '',
  seed: '',
  effort: '',
  stop: '',
  key: '',
}

/** What is asked of the gateway, or what is wrong with a field. */
export type Asked = { readonly body: Readonly<Record<string, unknown>> } | { readonly mistake: string }

/** The question that the fields are. Whether its values hold the gateway says; only what is no JSON is found here. */
export function toBody(settings: Settings, model: string): Asked {
  const { prompt, system, key } = settings
  if (prompt.trim() === '') return { mistake: 'There is no prompt yet.' }
  const tools = readJson(settings.tools)
  if (tools === false)
    return { mistake: 'Tools are no valid JSON: a list of { name, description, parameters }.' }
  const schema = readJson(settings.schema)
  if (schema === false) return { mistake: 'The JSON schema is no valid JSON.' }
  const stop = settings.stop.split('\n').filter((line) => line !== '')
  const body = {
    model,
    key: word(key),
    system: word(system),
    messages: [{ role: 'user', text: prompt }],
    max_output: number(settings.maxOutput),
    temperature: number(settings.temperature),
    top_p: number(settings.topP),
    seed: number(settings.seed),
    effort: word(settings.effort),
    stop: stop.length === 0 ? undefined : stop,
    tools,
    json_schema: schema,
  }
  return { body: Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) }
}

function word(text: string): string | undefined {
  return text === '' ? undefined : text
}

/** What is no number stays as it was written, so that the gateway names it. */
function number(text: string): number | string | undefined {
  if (text.trim() === '') return undefined
  const read = Number(text)
  return Number.isNaN(read) ? text : read
}

/** False where it is no JSON; undefined where nothing stands there. */
function readJson(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return false
  }
}
