import type { ReactNode } from 'react'
import { useServices } from '../app/services.tsx'

/** A target or model with its colour. */
export function Who({ name, children }: { readonly name: string; readonly children?: ReactNode }): ReactNode {
  const { palette } = useServices()
  return (
    <span className="who">
      <span className="swatch" style={{ '--c': palette.colourOf(name) }} />
      {children ?? name}
    </span>
  )
}
