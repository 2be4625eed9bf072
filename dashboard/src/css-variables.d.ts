import 'react'

declare module 'react' {
  interface CSSProperties {
    /** Values that the style sheets read: widths of bars, colours of things. */
    [variable: `--${string}`]: string | number | undefined
  }
}
