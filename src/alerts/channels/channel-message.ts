import type { AlertItem } from '../../store/alerts.ts'
import { toPlainText } from '../../kit/plain-text.ts'

const TEXT_CHARACTERS = 600
const TITLE_CHARACTERS = 200

/** What a channel is told, the same for all: each says it in its own language. */
export interface ChannelMessage {
  /** Stays the same however often it is tried. */
  readonly id: string
  readonly items: readonly AlertItem[]
  /** The page of alerts; absent: there is no link. */
  readonly link?: string
}

/** One request to a channel. */
export interface ChannelRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request of JSON. */
export function jsonRequest(url: string, body: object): ChannelRequest {
  return { url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** An item in plain words. Nothing in them commands, leads elsewhere or is longer than it may be. */
export interface PlainItem {
  /** `FIRING errors: route support` */
  readonly title: string
  readonly text: string
  readonly description?: string
}

const EVENT_WORDS = { fired: 'FIRING', resolved: 'RESOLVED', test: 'TEST' } as const

/** Writes an item in plain words. */
export function toPlainItem({ event, rule, key, text, description, severity }: AlertItem): PlainItem {
  const isLoud = event === 'fired' && severity === 'critical'
  const subject = key === '' ? rule : `${rule}: ${key}`
  return {
    title: plain(`${isLoud ? 'CRITICAL' : EVENT_WORDS[event]} ${subject}`, TITLE_CHARACTERS),
    text: plain(text, TEXT_CHARACTERS),
    ...(description !== undefined && { description: plain(description, TEXT_CHARACTERS) }),
  }
}

/** What all items of a message are about, in one line. */
export function titleOf({ items }: ChannelMessage): string {
  const [first] = items
  if (items.length === 1 && first !== undefined) return toPlainItem(first).title
  const fired = items.filter(({ event }) => event === 'fired').length
  const resolved = items.filter(({ event }) => event === 'resolved').length
  return `${fired} fired, ${resolved} resolved`
}

/** Addresses are written as nobody's program makes a link of them. */
function plain(text: string, most: number): string {
  return toPlainText(text, most)
    .replaceAll('://', '[:]//')
    .replaceAll(/\bwww\./gi, 'www[.]')
}
