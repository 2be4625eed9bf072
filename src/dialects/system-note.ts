/**
 * A system text in the middle of a conversation, for a target that takes those only at the head: it becomes a user's
 * text in constant wrapping, so that the prompt stays the same from request to request.
 */
export function systemNote(text: string): string {
  return `<system-note>${text}</system-note>`
}
