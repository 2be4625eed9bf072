import type { PathStep } from './problems.ts'

const ORDINALS = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
]
/** What an item of a list is about: its place says enough. */
const MAIN = new Set(['model', 'name'])

/** A path inside an object as people say it: `targets[1].model` → the second target, `fallback.attempts` → fallback.attempts. */
export function tellPath(path: readonly PathStep[]): string {
  const parts: string[] = []
  let plain: string[] = []
  const close = (): void => {
    if (plain.length > 0) parts.push(plain.join('.'))
    plain = []
  }
  for (const step of path) {
    if (typeof step === 'string') plain.push(step)
    else {
      const list = plain.pop() ?? 'items'
      close()
      parts.push(`the ${ordinal(step)} ${list.replace(/s$/, '')}`)
    }
  }
  const isMain = parts.length > 0 && plain.length === 1 && MAIN.has(plain[0] ?? '')
  if (!isMain) close()
  return parts.toReversed().join(' of ') || 'it'
}

function ordinal(index: number): string {
  return ORDINALS[index] ?? `${index + 1}th`
}
