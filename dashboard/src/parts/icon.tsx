import type { ReactNode } from 'react'

/** Outlines on a field of 16. */
const PATHS = {
  overview: 'M2.5 2.5H7v6H2.5zM9.5 2.5h4v3.5h-4zM9.5 8.5h4v5h-4zM2.5 11H7v2.5H2.5z',
  alerts:
    'M3 11.500c1-1 1.300-2.200 1.300-4.500a3.700 3.700 0 0 1 7.400 0c0 2.300.300 3.500 1.300 4.500zM6.600 13.800h2.800M8 3.300V2',
  requests: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  sessions: 'M4 2.500v8a2 2 0 0 0 2 2h2.500M4 6.500h4.500M8.500 5h5v3h-5zM8.500 11h5v3h-5z',
  providers: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
  keys: 'M7 9a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM6.5 7.500L13 2.500M10.5 4.400l2 2.3',
  guardrails: 'M8 2l5 1.800v4c0 3-2 5.200-5 6.200-3-1-5-3.200-5-6.200v-4zM5.800 8l1.600 1.600L10.400 6.500',
  audit: 'M4.500 2.500h7v11h-7zM6.500 5.500h3M6.500 8h3M6.500 10.500l1 1 2-2',
  connect: 'M5.500 2.500v3M10.5 2.500v3M3.500 5.500h9v2a4.500 4.500 0 0 1-9 0zM8 12v2',
  models: 'M8 2l5.500 3v6L8 14l-5.500-3V5zM2.500 5L8 8l5.500-3M8 8v6',
  drills: 'M8.800 2L4 9h3.500l-.500 5L12 7H8.500z',
  playground: 'M3 3.500h10v7H7l-3 2.500v-2.500H3z',
  start: 'M4 14V2.500M4 3h8l-2 2.500L12 8H4',
  routes:
    'M2.500 4H5c4 0 2.500 8 6.500 8h2M2.500 12H5c1.400 0 2.100-1 2.600-2.200M11.500 10l2 2-2 2M9 4h4.500M11.500 2l2 2-2 2',
  releases: 'M4 2.500h8v11L8 11l-4 2.500zM6.500 5.500h3M6.500 8h3',
  settings:
    'M2.500 4.500h5M12 4.500h1.500M2.500 11.500H4M8.500 11.500h5M11.700 4.500a1.800 1.800 0 1 1-3.600 0 1.800 1.800 0 0 1 3.600 0zM7.900 11.500a1.800 1.800 0 1 1-3.600 0 1.800 1.800 0 0 1 3.600 0z',
  cost: 'M8 2.500v11M11 5.200C10.500 4.300 9.500 3.800 8 3.800c-1.800 0-3 .800-3 2.100 0 3 6.200 1.200 6.200 4.200 0 1.300-1.300 2.100-3.200 2.100-1.600 0-2.700-.600-3.200-1.500',
  cache:
    'M13.500 4.500c0 1.100-2.500 2-5.500 2s-5.500-.900-5.500-2 2.500-2 5.500-2 5.500.900 5.500 2zM2.500 4.500v7c0 1.100 2.500 2 5.500 2s5.500-.900 5.500-2v-7M2.500 8c0 1.100 2.500 2 5.500 2s5.500-.900 5.500-2',
  budgets: 'M2.500 12.500V6M6.200 12.500V3.500M9.800 12.500V8M13.500 12.500V5',
  search: 'M11.2 7a4.2 4.2 0 1 1-8.4 0 4.2 4.2 0 0 1 8.4 0zM10.3 10.3l3.2 3.2',
  clock: 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 4.8V8l2.2 1.5',
  moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z',
  sun: 'M10.8 8a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.300M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  check: 'M3 8.5l3.2 3L13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  minus: 'M4 8h8',
  left: 'M10 4L6 8l4 4',
  right: 'M6 4l4 4-4 4',
  down: 'M4 6l4 4 4-4',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  open: 'M6 3.5H3v9.5h9.5V10M9 2.5h4.5V7M13 3L7.5 8.5',
  warning: 'M8 2.500l6 10.500H2zM8 6.500v3M8 11.300v.01',
  info: 'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 7.300v3.500M8 5.200v.01',
  leave: 'M6.5 2.500H3v11h3.500M7 8h6.500M11 5.500L13.5 8 11 10.5',
  plus: 'M8 3.500v9M3.5 8h9',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  table: 'M2.5 3.500h11v9h-11zM2.5 6.500h11M6.5 6.500v6',
  download: 'M8 2.500v7.500M5 7.200L8 10.200 11 7.200M3 13h10',
  filter: 'M2.5 3.500h11L9.500 8.500v4L6.500 11V8.500z',
  sort: 'M5 3.500v9M2.8 10.300L5 12.500l2.200-2.200M11 12.500v-9M8.800 5.700L11 3.500l2.200 2.200',
} as const

export type IconName = keyof typeof PATHS

/** A sign beside a word, hidden from readers; with a label it stands for one. */
export function Icon({
  name,
  small = false,
  tone,
  label,
}: {
  readonly name: IconName
  readonly small?: boolean
  readonly tone?: string
  readonly label?: string
}): ReactNode {
  const classes = ['icon', small ? 's' : '', tone ?? ''].filter((word) => word !== '').join(' ')
  const said = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label }
  return (
    <svg className={classes} viewBox="0 0 16 16" {...said}>
      <path d={PATHS[name]} />
    </svg>
  )
}

/** The sign of the house. */
export function Mark(): ReactNode {
  return (
    <svg
      viewBox="0 0 18 18"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinejoin="round"
    >
      <path d="M2 16V5.5L4.5 3 7 5.5V7h4V5.5L13.5 3 16 5.5V16h-4v-3a3 3 0 0 0-6 0v3z" />
    </svg>
  )
}
