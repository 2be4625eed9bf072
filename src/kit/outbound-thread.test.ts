import { describe, expect, test } from 'bun:test'

/** What a process sees of its own threads: name and scheduling policy (proc(5), field 41 of `stat`). */
const SHOW_THREADS = `
  // A call that has come back has been through the thread, which by then has its name.
  await fetch('http://localhost/', { unix: '/nonexistent' }).catch(() => {})
  const { readdirSync, readFileSync } = await import('node:fs')
  const threads = readdirSync('/proc/self/task').map((id) => {
    const stat = readFileSync('/proc/self/task/' + id + '/stat', 'utf8')
    const nameEnd = stat.lastIndexOf(')')
    return [stat.slice(stat.indexOf('(') + 1, nameEnd), Number(stat.slice(nameEnd + 2).split(' ')[38])]
  })
  console.log(JSON.stringify(threads))
`

/** Runs a script in a process of its own, because a process has one such thread for ever. */
function threadsOf(script: string, command: readonly string[] = []): [string, number][] {
  const run = Bun.spawnSync([...command, process.execPath, '-e', `${script}; ${SHOW_THREADS}`])
  return JSON.parse(run.stdout.toString()) as [string, number][]
}

const start = `const { startOutboundThread } = await import('${import.meta.dir}/outbound-thread.ts'); startOutboundThread()`
const outbound = ([name]: [string, number]): boolean => name === 'HTTP Client'

describe.skipIf(process.platform !== 'linux')('the thread for outbound HTTP', () => {
  test('gives way, and the thread that serves requests stays ordinary', () => {
    const threads = threadsOf(start)
    expect(threads.filter(outbound)).toEqual([['HTTP Client', 3]])
    expect(threads[0]?.[1]).toBe(0)
  })

  test('would be ordinary without being started so', () => {
    const threads = threadsOf('')
    expect(threads.filter(outbound)).toEqual([['HTTP Client', 0]])
  })

  test.skipIf(Bun.which('chrt') === null)('a policy that the process was given stays', () => {
    const threads = threadsOf(start, ['chrt', '--idle', '0'])
    expect(threads.map(([, policy]) => policy)).not.toContain(3)
    expect(threads[0]?.[1]).toBe(5)
  })
})
