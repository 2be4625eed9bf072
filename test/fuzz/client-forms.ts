import type { ListedEndpoint } from '../../src/dialects/list-endpoints.ts'
import type { JsonObject } from '../../src/kit/json.ts'

/*
 * Bodies in forms that clients write and no writer here does: deprecated ones, those of other APIs, those of servers and betas.
 */

const PICTURE = 'data:image/png;base64,aaaa'
const PNG = { type: 'base64', media_type: 'image/png', data: 'aaaa' }
const SCHEMA = { type: 'object', properties: { a: { type: 'string' } } }

const CHAT: readonly JsonObject[] = [
  {
    model: 'm',
    temperature: 0,
    messages: [
      { role: 'user', content: 'q', name: 'n' },
      {
        role: 'assistant',
        content: null,
        reasoning_details: [{ type: 'reasoning.text', text: 't', format: 'f', index: 0 }],
        function_call: { name: 'f', arguments: '{}' },
      },
      { role: 'function', name: 'f', content: 'r' },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] },
    ],
    functions: [{ name: 'f', description: 'd', parameters: SCHEMA }],
    function_call: { name: 'f' },
    response_format: { type: 'json_object' },
  },
  {
    model: 'm',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: PNG },
          { type: 'image', source: { type: 'url', url: 'https://e.example/a.png' } },
          { type: 'document', title: 't', source: { type: 'text', media_type: 'text/plain', data: 'd' } },
          { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'p' }] } },
          { type: 'document', source: { type: 'file', file_id: 'file_1' }, citations: { enabled: true } },
          { type: 'input_image', image_url: { url: PICTURE, detail: 'low' } },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,aaaa' },
          { type: 'video_url', video_url: { url: 'https://e.example/a.mp4' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 't' }] },
          { type: 'output_text', text: 'a', annotations: [] },
          { type: 'tool_use', id: 'c1', name: 'f', input: { a: 'b' } },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: 'r' }] }],
      },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c2', type: 'custom', custom: { name: 'g', input: 'i' } }],
        audio: { id: 'audio_1' },
      },
      { role: 'tool', tool_call_id: 'c2', content: 'r' },
    ],
    tools: [
      { type: 'function', function: { name: 'f' } },
      { type: 'custom', custom: { name: 'g', format: { type: 'grammar', grammar: { syntax: 'lark' } } } },
    ],
    tool_choice: { type: 'custom', custom: { name: 'g' } },
    response_format: { type: 'text' },
    web_search_options: { search_context_size: 'low', user_location: { type: 'approximate' } },
  },
  {
    model: 'm',
    messages: [{ role: 'user', content: 'q' }],
    tools: [{ type: 'function', function: { name: 'f' } }],
    tool_choice: { type: 'any' },
  },
]

const MESSAGES: readonly JsonObject[] = [
  {
    model: 'm',
    max_tokens: 9,
    system: [{ type: 'text', text: 's' }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'aaaa' } },
          { type: 'document', source: { type: 'text', media_type: 'text/markdown', data: 'd' } },
          { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'p' }] } },
          { type: 'image', source: { type: 'file', file_id: 'file_1' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'redacted_thinking', data: 'd' },
          { type: 'text', text: 'a' },
        ],
      },
      { role: 'user', content: 'q' },
    ],
    tools: [{ type: 'custom', name: 'f', input_schema: SCHEMA }],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    output_format: { type: 'json_schema', schema: SCHEMA },
    thinking: { type: 'enabled', budget_tokens: 1024 },
  },
  {
    model: 'm',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'q' }],
    output_config: { effort: 'low', format: { type: 'json_schema', schema: SCHEMA } },
    output_format: { type: 'json_schema', schema: SCHEMA },
  },
]

const RESPONSES: readonly JsonObject[] = [
  {
    model: 'm',
    input: [
      {
        type: 'message',
        role: 'user',
        content: [{ type: 'input_image', image_url: { url: PICTURE } }],
      },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 't' }],
        content: [{ type: 'reasoning_text', text: 't' }],
      },
      { type: 'custom_tool_call', call_id: 'c1', name: 'g', input: 'i' },
      { type: 'custom_tool_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'r' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] },
      { type: 'additional_tools', tools: [{ type: 'function', name: 'h' }] },
    ],
    tools: [
      { type: 'custom', name: 'g' },
      { type: 'mcp', server_label: 's' },
      { type: 'namespace', name: 'n', tools: [{ type: 'function', name: 'f' }] },
    ],
    tool_choice: { type: 'mcp', server_label: 's', name: 'f' },
    reasoning: { effort: 'low', summary: 'auto' },
    text: { format: { type: 'json_object' }, verbosity: 'low' },
  },
  {
    model: 'm',
    // Two messages of one turn.
    input: [
      { role: 'assistant', content: 'a', phase: 'commentary' },
      { role: 'assistant', content: 'b', zz: 0 },
    ],
  },
]

const GENERATE: readonly JsonObject[] = [
  {
    contents: [
      {
        role: 'user',
        parts: [
          { inline_data: { mime_type: 'image/png', data: 'aaaa' } },
          {
            fileData: { mimeType: 'image/png', fileUri: 'https://e.example/a.png' },
            videoMetadata: { fps: 1 },
          },
        ],
      },
      { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 'b' } } }] },
      {
        role: 'user',
        parts: [
          {
            functionResponse: {
              name: 'f',
              response: { output: 'r' },
              parts: [{ inlineData: { mimeType: 'image/png', data: 'aaaa' } }],
            },
          },
        ],
      },
    ],
    tools: [{ function_declarations: [{ name: 'f', parameters: { type: 'OBJECT' } }] }, { googleSearch: {} }],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
    safetySettings: [{ category: 'c', threshold: 't' }],
    generationConfig: {
      responseMimeType: 'application/json',
      responseSchema: { type: 'OBJECT' },
      thinkingConfig: { thinkingBudget: 0 },
      speechConfig: { voiceConfig: {} },
    },
  },
]

const FORMS: ReadonlyMap<string, readonly JsonObject[]> = new Map([
  ['POST /v1/chat/completions', CHAT],
  ['POST /v1/messages', MESSAGES],
  ['POST /v1/messages/count_tokens', MESSAGES],
  ['POST /v1/responses', RESPONSES],
  ['POST /v1/responses/input_tokens', RESPONSES],
  ['POST /v1beta/models/{+model}:generateContent', GENERATE],
  ['POST /v1beta/models/{+model}:countTokens', GENERATE],
  ['POST /v1beta/models/{+model}:embedContent', [{ content: { parts: [{ text: 'a' }] } }]],
])

/** Bodies of an endpoint in forms that are only read. */
export function clientForms({ endpoint }: Pick<ListedEndpoint, 'endpoint'>): readonly JsonObject[] {
  return FORMS.get(endpoint) ?? []
}
