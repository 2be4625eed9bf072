import { z } from 'zod'
import type { ChatRequest } from '../exchange/chat.ts'
import type { ToolCallBlock } from '../exchange/content.ts'
import { isObject, parseJsonValue } from '../kit/json.ts'
import { createFitsSchema } from '../kit/fits-schema.ts'
import { defineVerifier, NOTHING, PASS, reject } from './verifier.ts'
import type { Verdict } from '../exchange/acceptance.ts'

/** Calls of one answer that are looked at. */
const MOST_CALLS = 128

/** That calls are of tools that there are, with arguments that they take. */
export const toolArguments = defineVerifier({
  name: 'tool-arguments',
  summary: 'that calls are of tools of the request, with arguments that fit their schemas',
  reasons: {
    'unknown-tool': 'A tool is called that the request does not have.',
    'no-json': 'The arguments of a call are no JSON object.',
    'breaks-schema': 'The arguments of a call do not fit the schema of the tool.',
  },
  options: z.strictObject({}),
  judgesBeginnings: false,
  judge: ({ request, choice: { blocks } }) => {
    let found: Verdict = NOTHING
    let count = 0
    for (const block of blocks) {
      if (block.type !== 'tool-call') continue
      count += 1
      if (count > MOST_CALLS) break
      const verdict = judgeCall(block, request)
      if (verdict.says === 'reject') return verdict
      if (verdict.says === 'pass') found = PASS
    }
    return found
  },
})

function judgeCall(call: ToolCallBlock, { tools = [] }: ChatRequest): Verdict {
  const tool = tools.find(({ name }) => name === call.name)
  if (tool === undefined) {
    // What a provider's own tools are called when they are run is its own affair.
    return tools.some(({ type }) => type === 'hosted') ? NOTHING : reject('unknown-tool')
  }
  if (tool.type !== 'function' || call.form === 'text') return PASS
  const parsed = parseJsonValue(call.arguments === '' ? '{}' : call.arguments)
  if (parsed === undefined || !isObject(parsed.value)) return reject('no-json')
  if (tool.parameters === undefined) return PASS
  const fit = createFitsSchema(tool.parameters)(parsed.value)
  if (fit.fits === 'no') return reject('breaks-schema', fit.keyword)
  return fit.fits === 'yes' ? PASS : NOTHING
}
