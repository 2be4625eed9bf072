import { isObject, parseJson, readObjects, readString } from '../kit/json.ts'
import type { AdminRoute } from './admin-route.ts'
import { AdminProblem, SAFE_HEADERS } from './problem.ts'

/** The bundled dashboard as text: JSON of files, each with its path, its type and its bytes, packed (gzip) and in base64 (dashboard/build.ts). */
export type ReadDashboard = () => Promise<string>

interface DashboardFile {
  readonly type: string
  readonly gzip: Uint8Array<ArrayBuffer>
}

/** Paths that the dashboard itself leads to, in the order of the alphabet; what it shows there it asks the admin API for, with the token. */
// oxfmt-ignore
export const DASHBOARD_PAGES = [
  '/',
  '/alerts',
  '/audit',
  '/cache',
  '/connect',
  '/connect/{client}',
  '/drills',
  '/budgets',
  '/cost',
  '/guardrails',
  '/keys',
  '/models',
  '/models/{model}',
  '/playground',
  '/providers',
  '/releases',
  '/requests',
  '/requests/{id}',
  '/routes',
  '/routes/{name}',
  '/sessions',
  '/sessions/{session}',
  '/settings',
  '/start',
] as const

const INDEX = '/index.html'

/**
 * Nothing from elsewhere, no script that is not one of these files, and no text that becomes a script. Styles that scripts set on
 * elements are not what `style-src` is about.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const PAGE_HEADERS = {
  ...SAFE_HEADERS,
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** Files are named by what is in them, so that they never change. */
const FILE_HEADERS = { ...PAGE_HEADERS, 'cache-control': 'public, max-age=31536000, immutable' }

/** The screens for people. They are open: nothing is in them but the program, which asks for the token. */
export function dashboardRoutes(readDashboard: ReadDashboard): AdminRoute[] {
  const files = readOnce(readDashboard)
  const page = (path: string): AdminRoute => ({
    method: 'GET',
    path,
    summary: 'A page of the dashboard.',
    open: true,
    handle: async ({ headers }) => answer(findFile(await files(), INDEX), headers, PAGE_HEADERS),
  })
  return [
    ...DASHBOARD_PAGES.map(page),
    {
      method: 'GET',
      path: '/assets/{file}',
      summary: 'A file of the dashboard.',
      open: true,
      handle: async ({ params: { file = '' }, headers }) =>
        answer(findFile(await files(), `/assets/${file}`), headers, FILE_HEADERS),
    },
  ]
}

type Files = ReadonlyMap<string, DashboardFile>

/** Reads when somebody first comes to look; what fails is tried again by who comes next. */
function readOnce(readDashboard: ReadDashboard): () => Promise<Files> {
  let reading: Promise<Files> | undefined
  return () => {
    reading ??= readDashboard()
      .then(unpack)
      .catch((thrown: unknown) => {
        reading = undefined
        throw thrown
      })
    return reading
  }
}

function unpack(text: string): Files {
  const pack = parseJson(text)
  const files = new Map<string, DashboardFile>()
  for (const file of isObject(pack) ? readObjects(pack, 'files') : []) {
    const bytes = Uint8Array.from(atob(readString(file, 'gzip') ?? ''), (character) =>
      character.charCodeAt(0),
    )
    files.set(readString(file, 'path') ?? '', { type: readString(file, 'type') ?? '', gzip: bytes })
  }
  return files
}

function findFile(files: Files, path: string): DashboardFile {
  const file = files.get(path)
  if (file === undefined)
    throw new AdminProblem('not-found', { detail: `There is nothing at ${path.slice(0, 200)}.` })
  return file
}

function answer(
  { type, gzip }: DashboardFile,
  asked: Headers,
  headers: Readonly<Record<string, string>>,
): Response {
  const said = { ...headers, 'content-type': type, vary: 'accept-encoding' }
  if (/\bgzip\b/.test(asked.get('accept-encoding') ?? ''))
    return new Response(gzip, { headers: { ...said, 'content-encoding': 'gzip' } })
  return new Response(new Blob([gzip]).stream().pipeThrough(new DecompressionStream('gzip')), {
    headers: said,
  })
}
