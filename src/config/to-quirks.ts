import type { Quirks } from '../exchange/target.ts'
import type { QuirksConfig } from './schema/providers.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The file's words for quirks (snake_case, as wires write) in the words of the house. */
export function toQuirks(written: QuirksConfig): Quirks {
  const quirks: Mutable<Quirks> = {}
  if (written.drop_params !== undefined) quirks.dropParams = written.drop_params
  if (written.rename_params !== undefined) quirks.renameParams = written.rename_params
  if (written.max_tokens_param !== undefined) quirks.maxTokensParam = written.max_tokens_param
  if (written.developer_role !== undefined) quirks.developerRole = written.developer_role
  if (written.reasoning_field !== undefined) quirks.reasoningField = written.reasoning_field
  if (written.echo_reasoning !== undefined) quirks.echoReasoning = written.echo_reasoning
  if (written.reasoning_param !== undefined) quirks.reasoningParam = written.reasoning_param
  if (written.reasoning_tokens !== undefined) quirks.reasoningTokens = written.reasoning_tokens
  if (written.tool_choice_required !== undefined) quirks.toolChoiceRequired = written.tool_choice_required
  return { ...quirks, ...abilities(written) }
}

function abilities(written: QuirksConfig): Quirks {
  const quirks: Mutable<Quirks> = {}
  if (written.stream_options !== undefined) quirks.streamOptions = written.stream_options
  if (written.structured_output !== undefined) quirks.structuredOutput = written.structured_output
  if (written.strict_tools !== undefined) quirks.strictTools = written.strict_tools
  if (written.tools !== undefined) quirks.tools = written.tools
  if (written.image_urls !== undefined) quirks.imageUrls = written.image_urls
  if (written.alternate_turns !== undefined) quirks.alternateTurns = written.alternate_turns
  if (written.max_temperature !== undefined) quirks.maxTemperature = written.max_temperature
  if (written.max_stops !== undefined) quirks.maxStops = written.max_stops
  if (written.conformant !== undefined) quirks.conformant = written.conformant
  if (written.keep_attribution !== undefined) quirks.keepAttribution = written.keep_attribution
  return quirks
}
