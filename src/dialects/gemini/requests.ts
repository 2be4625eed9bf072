import { jsonText, writeObject } from '../../kit/json-text.ts'
import { saysResultTwice } from '../arrange-results.ts'
import { ChatRequests } from '../chat-requests.ts'
import type { Body } from '../fates.ts'
import { PARAMETERS } from './parameters.ts'
import { toProvider } from './to-gemini.ts'
import { writeTools } from './tools.ts'
import { writeTurns } from './turns.ts'
import { CONFIG, FAMILY, FORWARD_HEADERS } from './vocabulary.ts'

/** What providers of `generateContent` are told. */
export const REQUESTS = new ChatRequests({
  family: FAMILY,
  forwardHeaders: FORWARD_HEADERS,
  modelInPath: true,
  within: CONFIG,
  write(chat, context, how) {
    const to = toProvider(chat, context)
    const body: Body = { ...chat.extra?.[FAMILY] }
    PARAMETERS[how](chat, to, body)
    return { ...body, ...writeTools(to), ...writeTurns(to) }
  },
  // Counting holds the request whose input is counted, and that names the model.
  counted: (body, { model }) => ({
    generateContentRequest: jsonText(writeObject({ model: `models/${model}`, ...body })),
  }),
  isWritten({ turns, maxOutputTokens = 0 }, { capabilities }, { scan }) {
    const { maxOutputTokens: most = maxOutputTokens, sampling = true } = capabilities
    const holdsRequest = scan.find('generateContentRequest') ?? scan.find('generate_content_request')
    return holdsRequest !== undefined || maxOutputTokens > most || sampling !== true || saysResultTwice(turns)
  },
})
