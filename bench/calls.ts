import type { Call } from './load.ts'
import type { Running } from './process.ts'

const PROMPT =
  'Tell me, in the words of a patient teacher, what a gateway is and why a company would want one. '.repeat(3)
const TEXT = 'A sentence of the length that people cut their documents into, to find it again later.'

/** Makes a call of a system, or undefined where the system cannot be asked so. */
export type MakeCall = (running: Running) => Call | undefined

/** A chat in OpenAI's dialect, which the upstream speaks. */
export const chatCall =
  (model: string, stream = false): MakeCall =>
  (running) => ({
    url: running.chatUrl,
    headers: running.headers,
    body: JSON.stringify({
      model: running.model(model),
      messages: [
        { role: 'system', content: 'You are a helpful assistant.' },
        { role: 'user', content: PROMPT },
      ],
      max_tokens: 200,
      ...(stream ? { stream: true } : {}),
    }),
  })

/** The same in Anthropic's, which has to be translated. */
export const messagesCall =
  (model: string, stream = false): MakeCall =>
  (running) =>
    running.messagesUrl === undefined
      ? undefined
      : {
          url: running.messagesUrl,
          headers: { ...running.headers, 'anthropic-version': '2023-06-01' },
          body: JSON.stringify({
            model: running.model(model),
            system: 'You are a helpful assistant.',
            messages: [{ role: 'user', content: PROMPT }],
            max_tokens: 200,
            ...(stream ? { stream: true } : {}),
          }),
        }

/** Vectors for so many texts. */
export const embeddingsCall =
  (texts: number, floats: number): MakeCall =>
  (running) => ({
    url: running.embeddingsUrl,
    headers: running.headers,
    body: JSON.stringify({
      model: running.model(`bench-embed-${texts}-${floats}`),
      input: Array.from({ length: texts }, (_, index) => `${index}. ${TEXT}`),
    }),
  })

/** Undefined when a system answers a call as it should, else what it answers instead. */
export async function whyNot({ url, headers, body }: Call): Promise<string | undefined> {
  const response = await fetch(url, { method: 'POST', headers, body })
  const text = await response.text()
  return response.status === 200 ? undefined : `HTTP ${response.status} ${text.slice(0, 200)}`
}
