import type { ToolChoice } from '../exchange/chat.ts'
import type { NoticeSink } from '../exchange/notice.ts'

/**
 * May a choice of tools, and how many are called at once, be told? Every API refuses both where no tool is listed. A choice that
 * is lost by it is noted; that none is to be called beside another is no wish where there is none.
 *
 * @param listed how many tools the target is told of
 */
export function mayChooseTools(choice: ToolChoice | undefined, listed: number, notice: NoticeSink): boolean {
  if (listed > 0) return true
  if (choice !== undefined) notice('param.dropped', 'tool_choice')
  return false
}
