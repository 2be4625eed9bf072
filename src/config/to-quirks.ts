import type { Quirks } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'
import type { QuirksConfig } from './schema/providers.ts'

/** The file's words for quirks (snake_case, as wires write) in the words of the house. */
export function toQuirks(written: QuirksConfig): Quirks {
  return defined({
    dropParams: written.drop_params,
    renameParams: written.rename_params,
    maxTokensParam: written.max_tokens_param,
    developerRole: written.developer_role,
    reasoningField: written.reasoning_field,
    thinkTags: written.think_tags,
    echoReasoning: written.echo_reasoning,
    reasoningParam: written.reasoning_param,
    reasoningTokens: written.reasoning_tokens,
    toolChoice: written.tool_choice,
    toolChoiceRequired: written.tool_choice_required,
    streamOptions: written.stream_options,
    structuredOutput: written.structured_output,
    strictTools: written.strict_tools,
    tools: written.tools,
    imageUrls: written.image_urls,
    alternateTurns: written.alternate_turns,
    maxTemperature: written.max_temperature,
    maxStops: written.max_stops,
    conformant: written.conformant,
    sharedCallIndex: written.shared_call_index,
    keepAttribution: written.keep_attribution,
    keeps: written.keeps,
    maxUserCharacters: written.max_user_characters,
    imageTypes: written.image_types,
    unsealedReasoning: written.unsealed_reasoning,
  })
}
