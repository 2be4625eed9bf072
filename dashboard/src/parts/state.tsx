import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'soft'

const ICONS: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  warn: 'warning',
  bad: 'cross',
  info: 'info',
  soft: 'minus',
}

/** A state: always with a sign and a word, never a colour alone. */
export function State({
  tone,
  children,
  icon,
}: {
  readonly tone: Tone
  readonly children: ReactNode
  readonly icon?: IconName
}): ReactNode {
  return (
    <span className={`state ${tone}`}>
      <Icon name={icon ?? ICONS[tone]} />
      <span className="word">{children}</span>
    </span>
  )
}
