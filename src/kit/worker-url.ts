/**
 * Where the code of a thread is. From source: below `src`. In a compiled binary every entry lies below one root, so the binary
 * is built with each thread as a further entry and `--root src` (https://bun.sh/docs/bundler/executables#worker).
 *
 * @param entry the entry's file below `src` without its ending, for example `store/sqlite/writer-worker`
 */
export function workerUrl(entry: string): URL {
  const root = /^(?:\/\$bunfs\/root\/|[A-Z]:[/\\]~BUN[/\\]root[/\\])/.exec(Bun.main)?.[0]
  if (root === undefined) return new URL(`../${entry}.ts`, import.meta.url)
  return new URL(`${entry}.js`, Bun.pathToFileURL(root))
}
