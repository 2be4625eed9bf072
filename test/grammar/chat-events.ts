import type { ChatEvent } from '../../src/exchange/chat-content.ts'

/** The kinds of block that pieces of a type belong to. */
const HOLDERS: Readonly<Record<string, readonly string[]>> = {
  'text-delta': ['text'],
  'reasoning-delta': ['reasoning'],
  'refusal-delta': ['refusal'],
  'arguments-delta': ['tool-call'],
  'native-delta': ['native'],
  citation: ['text'],
  signature: ['text', 'reasoning', 'tool-call'],
}

interface Choice {
  /** Kinds of the open blocks by their indexes. */
  readonly open: Map<number, string>
  blocks: number
  isFinished: boolean
}

interface Progress {
  readonly choices: Map<number, Choice>
  isStarted: boolean
  ended: 'end' | 'failure' | undefined
  readonly complaints: string[]
}

/**
 * Checks the events of an answer against the grammar that all readers of events rely on. Gives complaints in plain words; none means
 * legal. An answer ends with `end` or with a failure, once.
 */
export function checkChatEvents(events: readonly ChatEvent[]): readonly string[] {
  const progress: Progress = { choices: new Map(), isStarted: false, ended: undefined, complaints: [] }
  for (const event of events) checkEvent(progress, event)
  if (progress.ended === undefined) progress.complaints.push('the answer has no end')
  return progress.complaints
}

function checkEvent(progress: Progress, event: ChatEvent): void {
  const complain = (text: string): void => void progress.complaints.push(`${event.type}: ${text}`)
  if (progress.ended !== undefined) complain('behind the end')
  if (event.type === 'start') {
    if (progress.isStarted) complain('twice')
    progress.isStarted = true
  } else if (event.type === 'end' || event.type === 'failure') {
    if (event.type === 'end') checkEnd(progress, complain)
    progress.ended = event.type
  } else if (event.type !== 'usage' && event.type !== 'passed') {
    if (!progress.isStarted) complain('before the start')
    checkSaid(choiceAt(progress, event.choice), event, complain)
  }
}

type Complain = (text: string) => void

function choiceAt({ choices }: Progress, index: number): Choice {
  const choice = choices.get(index) ?? { open: new Map(), blocks: 0, isFinished: false }
  choices.set(index, choice)
  return choice
}

function checkEnd({ choices }: Progress, complain: Complain): void {
  for (const [index, { isFinished }] of choices) if (!isFinished) complain(`choice ${index} has not finished`)
}

function checkSaid(choice: Choice, event: ChatEvent, complain: Complain): void {
  if (choice.isFinished) complain('behind the finish')
  if (event.type === 'finish') {
    if (choice.open.size > 0) complain('a block is open')
    choice.isFinished = true
  }
  if (!('index' in event)) return
  if (event.type === 'block-start') {
    if (event.index !== choice.blocks) complain(`index ${event.index}, expected ${choice.blocks}`)
    choice.blocks += 1
    choice.open.set(event.index, event.block.type)
    return
  }
  const kind = choice.open.get(event.index)
  if (kind === undefined) complain('its block is not open')
  else if (HOLDERS[event.type]?.includes(kind) === false) complain(`in ${kind}`)
  if (event.type === 'block-end') choice.open.delete(event.index)
}
