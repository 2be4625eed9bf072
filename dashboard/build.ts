import { fileURLToPath } from 'node:url'

/**
 * Bundles the dashboard and writes it to standard output as one pack, the form in which the gateway serves it: `npm run build` puts it into
 * the binary, and a gateway that runs from source asks for it when somebody first comes to look.
 */

/** A file as it is served. */
interface PackedFile {
  readonly path: string
  readonly type: string
  /** Gzip, base64. */
  readonly gzip: string
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  svg: 'image/svg+xml',
}

const place = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

function packed(path: string, text: string): PackedFile {
  const extension = path.slice(path.lastIndexOf('.') + 1)
  const gzip = Buffer.from(Bun.gzipSync(Buffer.from(text), { level: 9 })).toString('base64')
  return { path, type: TYPES[extension] ?? 'application/octet-stream', gzip }
}

const settings = {
  target: 'browser',
  minify: true,
  loader: { '.svg': 'file' },
  define: { 'process.env.NODE_ENV': '"production"' },
  naming: { entry: '[name]-[hash].[ext]', chunk: 'part-[hash].[ext]', asset: '[name]-[hash].[ext]' },
} as const

const [modules, early] = await Promise.all([
  Bun.build({
    ...settings,
    entrypoints: ['src/main.tsx', 'src/styles/all.css', 'src/mark.svg'].map(place),
    format: 'esm',
    splitting: true,
  }),
  // Runs before anything is drawn, and therefore is no module.
  Bun.build({ ...settings, entrypoints: [place('src/first-paint.ts')], format: 'iife' }),
])
const outputs = [...modules.outputs, ...early.outputs]

const names = outputs.map(({ path }) => path.replace(/^\.?\//, ''))
const files = await Promise.all(
  outputs.map(async (output, index) => packed(`/assets/${names[index] ?? ''}`, await output.text())),
)

/** Where the file stands that was made of one. */
function madeOf(name: string, extension: string): string {
  const found = files.find(
    ({ path }) => path.startsWith(`/assets/${name}-`) && path.endsWith(`.${extension}`),
  )
  if (found === undefined) throw new Error(`the bundle has no ${name}.${extension}: ${names.join(', ')}`)
  return found.path
}

const page = (await Bun.file(place('index.html')).text())
  .replace('src/first-paint.ts', madeOf('first-paint', 'js'))
  .replace('src/main.tsx', madeOf('main', 'js'))
  .replace('src/styles/all.css', madeOf('all', 'css'))
  .replace('src/mark.svg', madeOf('mark', 'svg'))

await Bun.write(Bun.stdout, JSON.stringify({ files: [packed('/index.html', page), ...files] }))
