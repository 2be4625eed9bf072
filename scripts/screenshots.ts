import { DASHBOARD_PAGES } from '../src/admin/dashboard.ts'

/** Where the pictures are, and how much they may weigh in all. */
export const SCREENSHOTS = { folder: 'docs/screenshots', mostBytes: 4 * 1024 * 1024 } as const

export const THEMES = ['light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** What is taken: every page, and a request beside the list. */
export const PICTURES: readonly {
  readonly name: string
  readonly path: string
  readonly keys: readonly string[]
}[] = [
  ...DASHBOARD_PAGES.map((path) => ({ name: nameOf(path), path, keys: [] })),
  { name: 'requests-peek', path: '/requests', keys: ['j', 'j', 'j', 'Enter'] },
]

/** `/requests/{id}` is `requests-one`. */
function nameOf(path: string): string {
  return path === '/'
    ? 'overview'
    : path
        .slice(1)
        .replace(/\/\{\w+\}$/, '-one')
        .replaceAll('/', '-')
}

/** The file of a picture, below the folder. */
export function fileOf(name: string, theme: Theme): string {
  return `${name}-${theme}.webp`
}
