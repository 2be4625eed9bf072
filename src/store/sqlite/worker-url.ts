/**
 * Where the code of a thread is. From source: beside this file. In a compiled binary every entry lies below one root, so the binary
 * is built with each thread as a further entry and `--root src` (https://bun.sh/docs/bundler/executables#worker).
 *
 * @param name the entry's file without its ending, for example `writer-worker`
 */
export function workerUrl(name: string): URL {
  const root = /^(?:\/\$bunfs\/root\/|[A-Z]:[/\\]~BUN[/\\]root[/\\])/.exec(Bun.main)?.[0]
  if (root === undefined) return new URL(`./${name}.ts`, import.meta.url)
  return new URL(`store/sqlite/${name}.js`, Bun.pathToFileURL(root))
}
