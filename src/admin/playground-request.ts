import { z } from 'zod'
import type { ChatRequest, FunctionTool, Turn } from '../exchange/chat.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'

const LONGEST_NAME = 200
const MOST_TURNS = 200
const MOST_TOOLS = 64
const MOST_STOPS = 8

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

const name = z.string().min(1).max(LONGEST_NAME)
const text = z.string().min(1)
const object = z.record(z.string(), z.json())

const toolSchema = z.strictObject({
  name,
  description: z.string().optional(),
  parameters: object.optional().describe('JSON Schema of its arguments; absent: it has none.'),
})

/** What is asked in the playground: of each thing the least that every model understands, in words of no dialect. */
export const playgroundSchema = z.strictObject({
  model: name.describe('A route, an alias or `provider/model`.'),
  key: name
    .optional()
    .describe('Id or name of the key that asks; absent: the operator, whom no key holds to anything.'),
  system: text.optional().describe('What stands before the conversation.'),
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant']), text }))
    .min(1)
    .max(MOST_TURNS),
  max_output: z.int().min(1).max(10_000_000).optional().describe('The most tokens of answer.'),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
  stop: z.array(text).max(MOST_STOPS).optional().describe('Texts before which the answer ends.'),
  effort: z.enum(EFFORTS).optional().describe('How hard the model is to think.'),
  tools: z.array(toolSchema).max(MOST_TOOLS).optional().describe('Functions that it may call; none is run.'),
  json_schema: object.optional().describe('JSON Schema that the answer has to follow.'),
})

/** What code is wanted for. */
export const codeSchema = z.strictObject({ model: name, question: text })

/** A question that was read. */
export type PlaygroundQuestion = z.output<typeof playgroundSchema>

/** The request that a question is, in the house's own form. */
export function toChatRequest(question: PlaygroundQuestion): ChatRequest {
  const { model, system, messages, seed, stop, temperature, effort, json_schema: schema } = question
  const said = messages.map(({ role, text: words }) => turn(role, words))
  return {
    operation: 'chat',
    model,
    stream: true,
    wantsUsage: true,
    turns: system === undefined ? said : [turn('system', system), ...said],
    ...defined({
      maxOutputTokens: question.max_output,
      topP: question.top_p,
      temperature,
      seed,
      stop,
      reasoning: effort && { effort },
      tools: question.tools?.map(toTool),
      output: schema && {
        type: 'json-schema' as const,
        schema: toObject(schema),
        name: 'answer',
        strict: true,
      },
    }),
  }
}

function turn(role: Turn['role'], words: string): Turn {
  return { role, blocks: [{ type: 'text', text: words }] }
}

function toTool({ name: called, description, parameters }: z.output<typeof toolSchema>): FunctionTool {
  return {
    type: 'function',
    name: called,
    ...defined({ description, parameters: parameters && toObject(parameters) }),
  }
}

function toObject(value: z.output<typeof object>): JsonObject {
  return value
}
