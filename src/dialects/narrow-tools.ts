import type { Tool, ToolChoice } from '../exchange/chat.ts'
import type { Towards } from './towards.ts'

/** What of the tools is offered, and how the choice among them is told; undefined where it is not. */
export interface OfferedTools {
  readonly tools: readonly Tool[]
  readonly choice: ToolChoice | undefined
}

/**
 * Says a choice among tools by what is offered, where the provider knows no names in it or does not listen: a tool that has to be
 * called is the only one, and where none may be called there is none. That something is called at all cannot be said to a provider
 * that does not listen.
 */
export function narrowTools(
  tools: readonly Tool[],
  choice: ToolChoice | undefined,
  { quirks, notice }: Towards,
): OfferedTools {
  if (choice === undefined || quirks.toolChoice === undefined) return { tools, choice }
  const named = namesIn(choice)
  const offered = named === undefined ? tools : tools.filter(({ name }) => named.includes(name))
  const mode = modeOf(choice)
  if (quirks.toolChoice === 'words') return { tools: offered, choice: { type: mode } }
  if (mode === 'required') notice('tool-choice.weakened', 'tool_choice')
  return { tools: mode === 'none' ? NOTHING : offered, choice: undefined }
}

const NOTHING: readonly Tool[] = []

function namesIn(choice: ToolChoice): readonly string[] | undefined {
  if (choice.type === 'tool') return [choice.name]
  return choice.type === 'allowed' ? choice.names : undefined
}

function modeOf(choice: ToolChoice): 'auto' | 'none' | 'required' {
  if (choice.type === 'tool') return 'required'
  return choice.type === 'allowed' ? choice.mode : choice.type
}
