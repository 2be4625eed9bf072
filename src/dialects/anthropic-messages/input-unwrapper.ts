import { parseJsonObject, readString } from '../../kit/json.ts'

/** Reads the arguments of an emulating function as they stream in and gives back the free text inside them. */
export interface InputUnwrapper {
  /** Takes the next piece of JSON text and returns the free text that it completes. */
  push(piece: string): string
  /** The arguments are complete. Returns what was held back, the raw text when it was not of the expected shape. */
  end(): string
}

const OPENING = /^\s*\{\s*"input"\s*:\s*"/
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/**
 * Undoes `{"input": "…"}` while it arrives, so that a long patch is not held back until it is complete. An escape that is cut
 * in two waits for its rest. Arguments of another shape are given whole at the end.
 */
export function createInputUnwrapper(): InputUnwrapper {
  let whole = ''
  let position = -1
  let closed = false

  const advance = (): string => {
    if (position < 0) {
      const opening = OPENING.exec(whole)
      if (opening === null) return ''
      position = opening[0].length
    }
    let text = ''
    while (!closed && position < whole.length) {
      const step = readCharacter(whole, position)
      if (step === undefined) break
      position += step.length
      if (step.text === undefined) closed = true
      else text += step.text
    }
    return text
  }

  return {
    push(piece) {
      whole += piece
      return advance()
    },
    end() {
      if (position >= 0) return ''
      const object = parseJsonObject(whole)
      return (object === undefined ? undefined : readString(object, 'input')) ?? whole
    },
  }
}

interface Step {
  readonly length: number
  /** Absent at the closing quote. */
  readonly text?: string
}

/** One character of a JSON string (RFC 8259, 7), or undefined while its escape is incomplete. */
function readCharacter(json: string, position: number): Step | undefined {
  const character = json.charAt(position)
  if (character === '"') return { length: 1 }
  if (character !== '\\') return { length: 1, text: character }
  const kind = json.charAt(position + 1)
  if (kind === '') return undefined
  if (kind !== 'u') return { length: 2, text: ESCAPES[kind] ?? kind }
  const digits = json.slice(position + 2, position + 6)
  if (digits.length < 4) return undefined
  return { length: 6, text: String.fromCharCode(Number.parseInt(digits, 16)) }
}
