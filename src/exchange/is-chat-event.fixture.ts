import type { ChatEvent } from './chat-content.ts'
import type { ResponseEvent } from './event.ts'
import type { SpineEvent } from './event-spine.ts'
import { chat } from './operations/chat.ts'

const SPINE: Readonly<Record<SpineEvent['type'], true>> = {
  start: true,
  usage: true,
  passed: true,
  end: true,
  failure: true,
}

/** Is it one of the events that an answer in a conversation is made of? */
export function isChatEvent(event: ResponseEvent): event is ChatEvent {
  return event.type in chat.meaning || event.type in SPINE
}
