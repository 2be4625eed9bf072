import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemRandom } from '../src/kit/random.ts'
import { mintKey } from '../src/exchange/virtual-key.ts'
import { freePort, startPinned, waitForHttp, waitForLine, type Running, type System } from './process.ts'

const ROOT = join(import.meta.dir, '..')
const SYSTEM_CORE = 0
/** The hash is made by the gateway itself when it reads the key from its configuration. */
const BENCH_KEY = mintKey({ environment: 'bench', random: systemRandom, hmac: () => '' }).text.reveal()

/** The load generator alone in front of the upstream. */
export const direct: System = {
  name: 'direct',
  start: (upstreamPort) =>
    Promise.resolve({
      chatUrl: `http://127.0.0.1:${upstreamPort}/v1/chat/completions`,
      headers: { 'content-type': 'application/json' },
      model: (name) => name,
      pids: [],
      stop: () => Promise.resolve(),
    }),
}

const nginxConfig = (port: number, upstreamPort: number, directory: string): string => `
worker_processes 1;
daemon off;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events { worker_connections 8192; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  keepalive_requests 1000000;
  upstream bench { server 127.0.0.1:${upstreamPort}; keepalive 512; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://bench;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }
}
`

/** The yardstick: a reverse proxy that does nothing but pass on. */
export const nginx: System = {
  name: 'nginx',
  async start(upstreamPort) {
    const binary = Bun.which('nginx') ?? (existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : undefined)
    if (binary === undefined) {
      console.log('nginx is not installed (Debian: apt-get install nginx-light); its ratios are left out')
      return undefined
    }
    const directory = mkdtempSync(join(tmpdir(), 'bench-nginx-'))
    const port = await freePort()
    writeFileSync(join(directory, 'nginx.conf'), nginxConfig(port, upstreamPort, directory))
    const program = startPinned(SYSTEM_CORE, [binary, '-p', directory, '-c', join(directory, 'nginx.conf')])
    await waitForHttp(`http://127.0.0.1:${port}/`)
    const children = readFileSync(`/proc/${program.pid}/task/${program.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number)
    return {
      chatUrl: `http://127.0.0.1:${port}/v1/chat/completions`,
      headers: { 'content-type': 'application/json' },
      model: (name) => name,
      pids: children,
      async stop() {
        program.kill('SIGQUIT')
        await program.exited
        rmSync(directory, { recursive: true, force: true })
      },
    }
  },
}

/** A peer that installs from npm. */
export const portkey: System = {
  name: 'portkey',
  async start(upstreamPort) {
    const script = join(ROOT, 'node_modules/@portkey-ai/gateway/build/start-server.js')
    const node = Bun.which('node')
    if (node === null || !existsSync(script)) {
      console.log('node or @portkey-ai/gateway is missing; its ratios are left out')
      return undefined
    }
    const port = await freePort()
    const program = startPinned(SYSTEM_CORE, [node, script, `--port=${port}`, '--headless'])
    await waitForHttp(`http://127.0.0.1:${port}/`)
    return {
      chatUrl: `http://127.0.0.1:${port}/v1/chat/completions`,
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer bench',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
      },
      model: (name) => name,
      pids: [program.pid],
      async stop() {
        program.kill('SIGKILL')
        await program.exited
      },
    }
  },
}

const gatehouseConfig = (upstreamPort: number): string => `
version: 1
providers:
  upstream: { type: openai, key: env:UPSTREAM_KEY, base_url: "http://127.0.0.1:${upstreamPort}/v1" }
models:
  upstream/bench-unary: { price: { input: 2.5, output: 10, per: 1M } }
pricing: { unpriced: allow }
routes:
  bench: [upstream/bench-unary]
keys:
  - name: bench
    value: env:BENCH_KEY
    rpm: 100M
    tpm: 1000000M
    concurrent: 100k
    budgets: [{ usd: 100000000, per: month }]
`

/** Gatehouse, and what only its own operator reaches. */
export interface RunningGatehouse {
  readonly running: Running
  readonly adminUrl: string
  /** Everything that it keeps lies below. */
  readonly directory: string
  askAdmin(path: string): Promise<Response>
}

/** Everything on. */
export const gatehouse: System = {
  name: 'gatehouse',
  start: async (upstreamPort) => (await openGatehouse(upstreamPort)).running,
}

/** Starts Gatehouse on the first core, with its data in a directory that goes with it. */
export async function openGatehouse(upstreamPort: number): Promise<RunningGatehouse> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-gatehouse-'))
  const config = join(directory, 'gatehouse.yaml')
  writeFileSync(config, gatehouseConfig(upstreamPort))
  const [port, adminPort] = [await freePort(), await freePort()]
  const program = startPinned(
    SYSTEM_CORE,
    [
      process.execPath,
      join(ROOT, 'src/main.ts'),
      'start',
      '--config',
      config,
      '--port',
      `${port}`,
      '--admin-port',
      `${adminPort}`,
      '--no-detect',
    ],
    { cwd: directory, env: { UPSTREAM_KEY: 'bench', BENCH_KEY } },
  )
  await waitForHttp(`http://127.0.0.1:${adminPort}/readyz`)
  const running: Running = {
    chatUrl: `http://127.0.0.1:${port}/v1/chat/completions`,
    messagesUrl: `http://127.0.0.1:${port}/v1/messages`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${BENCH_KEY}` },
    model: (name) => `upstream/${name}`,
    pids: [program.pid],
    async stop() {
      program.kill('SIGTERM')
      await program.exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
  const adminUrl = `http://127.0.0.1:${adminPort}`
  const data = join(directory, '.gatehouse')
  return {
    running,
    adminUrl,
    directory: data,
    askAdmin(path) {
      const token = readFileSync(join(data, 'admin.token'), 'utf8').trim()
      return fetch(adminUrl + path, { headers: { authorization: `Bearer ${token}` } })
    },
  }
}

/** Starts the upstream on the second core. */
export async function startUpstream(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const program = startPinned(1, [process.execPath, join(import.meta.dir, 'upstream.ts'), '0'])
  const [, port] = await waitForLine(program.stdout, /listening (\d+)/)
  return {
    port: Number(port),
    async stop() {
      program.kill()
      await program.exited
    },
  }
}
