import type { ReactNode } from 'react'

/** A member of what was said, whatever it holds. */
type Kept = Readonly<Record<string, unknown>>

function isKept(value: unknown): value is Kept {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A turn with its blocks. */
export function readTurn(turn: unknown): { readonly role: string; readonly blocks: readonly unknown[] } {
  if (!isKept(turn)) return { role: '', blocks: [] }
  return { role: text(turn, 'role'), blocks: list(turn, 'blocks') }
}

/** A block, which knows its type. */
export function readBlock(block: unknown): Kept {
  return isKept(block) ? block : {}
}

function text(kept: Kept, name: string): string {
  const value = kept[name]
  return typeof value === 'string' ? value : ''
}

function list(kept: Kept, name: string): readonly unknown[] {
  const value = kept[name]
  return Array.isArray(value) ? value : []
}

/** One piece of a turn: all that was said is text, whatever it looks like. */
export function Block({ block }: { readonly block: Kept }): ReactNode {
  const type = text(block, 'type')
  if (type === 'text' || type === 'refusal') return <p className="words">{text(block, 'text')}</p>
  if (type === 'reasoning')
    return (
      <details>
        <summary className="small soft">reasoning</summary>
        <p className="words">{text(block, 'text')}</p>
      </details>
    )
  if (type === 'tool-call')
    return (
      <div>
        <span className="small soft">calls</span> <code>{text(block, 'name')}</code>
        <pre className="words mono small">{text(block, 'arguments')}</pre>
      </div>
    )
  if (type === 'tool-result')
    return (
      <div>
        <span className="small soft">result of {text(block, 'call_id')}</span>
        {list(block, 'blocks')
          .map(readBlock)
          .map((inner, place) => (
            <Block key={place} block={inner} />
          ))}
      </div>
    )
  return <pre className="words mono small">{JSON.stringify(block)}</pre>
}
