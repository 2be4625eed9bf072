import { titleOf, toPlainItem, type ChannelMessage } from './channel-message.ts'

/** A mail: its subject, and a text without any markup. */
export interface WrittenMail {
  readonly subject: string
  readonly text: string
}

const SUBJECT_CHARACTERS = 180

/** Writes a message as a mail. */
export function writeMail(message: ChannelMessage): WrittenMail {
  const parts = message.items.map((item) => {
    const { title, text, description } = toPlainItem(item)
    const since = `since ${new Date(item.sinceMs).toISOString()}`
    return [title, text, description, since].filter((line) => line !== undefined).join('\n')
  })
  const link = message.link === undefined ? [] : [message.link]
  return {
    subject: `[Gatehouse] ${titleOf(message)}`.slice(0, SUBJECT_CHARACTERS),
    text: [...parts, ...link].join('\n\n'),
  }
}
