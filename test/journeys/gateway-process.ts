import { isProcessAlive, readAddress } from '../../src/cli/address-file.ts'
import { parseJsonObject, readString } from '../../src/kit/json.ts'

/** Runs the sources; a compiled program starts in half of the time. */
const SCRIPT = Bun.fileURLToPath(new URL('../../bin/gatehouse', import.meta.url))

export interface GatewayProcessOptions {
  /** Holds `gatehouse.yaml`; data is kept below it. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** What is started; the script of the checkout by default. */
  readonly program?: string
  /** A descriptor that takes all that it says; read and forgotten by default. */
  readonly voice?: number
  /** Where the data is; below the directory by default. */
  readonly data?: string
  /** Files and sockets that it may have open; without it as many as the tests may. */
  readonly descriptors?: number
}

/** A gateway in a process of its own, started as users start it. */
export interface GatewayProcess {
  readonly url: string
  readonly adminUrl: string
  /** Ends it without a word: SIGKILL. */
  kill(): Promise<void>
  /** Lets it finish what is under way: SIGTERM. Gives the exit code. */
  stop(): Promise<number>
}

/** Where the data of a gateway process is. */
export function dataOf(directory: string): string {
  return `${directory}/data`
}

/** Starts `gatehouse start` and waits until it is ready. Rejects with what it complained about when it ends instead. */
export async function startGatewayProcess(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const { directory, environment, descriptors, voice, data = dataOf(directory), program = SCRIPT } = options
  const limited = descriptors === undefined ? [] : ['sh', '-c', `ulimit -n ${descriptors} && exec "$0" "$@"`]
  const flags = ['--no-detect', '--json', '--port', '0', '--admin-port', '0', '--data', data]
  const child = Bun.spawn(
    [...limited, program, 'start', ...flags, '--config', `${directory}/gatehouse.yaml`],
    {
      cwd: directory,
      env: { PATH: process.env['PATH'] ?? '', HOME: directory, ...environment },
      stdout: voice ?? 'pipe',
      stderr: voice ?? 'pipe',
    },
  )
  const complaints = child.stderr instanceof ReadableStream ? new Response(child.stderr).text() : ''
  const ready =
    child.stdout instanceof ReadableStream ? await readReady(child.stdout) : await waitForAddress(data)
  if (ready === undefined) throw new Error(`the gateway did not start: ${await complaints}`)
  return {
    ...ready,
    async kill() {
      child.kill('SIGKILL')
      await child.exited
    },
    stop() {
      child.kill('SIGTERM')
      return child.exited
    },
  }
}

/** The addresses that a gateway leaves in its data directory for other commands, within a minute. */
async function waitForAddress(data: string): Promise<Addresses | undefined> {
  for (let looks = 0; looks < 1_200; looks += 1) {
    const address = readAddress(data, isProcessAlive)
    if (address !== undefined) return { url: address.dataUrl, adminUrl: address.adminUrl }
    await Bun.sleep(50)
  }
  return undefined
}

type Addresses = Pick<GatewayProcess, 'url' | 'adminUrl'>

/** The addresses of the line that says `ready`; what is written afterwards is read and forgotten. */
async function readReady(output: ReadableStream<Uint8Array>): Promise<Addresses | undefined> {
  const reader = output.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return undefined
    text += decoder.decode(value, { stream: true })
    for (const line of text.split('\n')) {
      const event = parseJsonObject(line)
      if (event?.['event'] !== 'ready') continue
      void drain(reader)
      return { url: readString(event, 'data_url') ?? '', adminUrl: readString(event, 'admin_url') ?? '' }
    }
  }
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}
