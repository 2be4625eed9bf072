import { useState, type ReactNode } from 'react'
import { Icon } from './icon.tsx'

const SHOWN_MS = 1_500

/** Copies a text, and says so where it stood. */
export function CopyButton({
  text,
  label,
  word,
}: {
  readonly text: string
  readonly label: string
  readonly word?: string
}): ReactNode {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), SHOWN_MS)
  }
  return (
    <button
      type="button"
      className={word === undefined ? 'btn quiet only s' : 'btn s'}
      aria-label={copied ? 'Copied' : label}
      onClick={() => void copy()}
    >
      <Icon name={copied ? 'check' : 'copy'} tone={copied ? 'good' : ''} />
      {word === undefined ? null : copied ? 'Copied' : word}
    </button>
  )
}
