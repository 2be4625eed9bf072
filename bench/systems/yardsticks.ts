import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  freePort,
  startPinned,
  SYSTEM_CORE,
  waitForHttp,
  waitForLine,
  type Running,
  type System,
} from '../process.ts'

/** What passes requests on and knows nothing of them; or, without processes, nothing in between at all. */
function passing(port: number, pids: readonly number[], stop: () => Promise<void>): Running {
  const base = `http://127.0.0.1:${port}/v1`
  return {
    chatUrl: `${base}/chat/completions`,
    embeddingsUrl: `${base}/embeddings`,
    headers: { 'content-type': 'application/json' },
    model: (name) => name,
    pids,
    stop,
  }
}

/** The load generator alone in front of the upstream. */
export const direct: System = {
  name: 'direct',
  start: (upstreamPort) => Promise.resolve(passing(upstreamPort, [], () => Promise.resolve())),
}

const nginxConfig = (port: number, upstreamPort: number, directory: string): string => `
worker_processes 1;
daemon off;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events { worker_connections 8192; }
http {
  access_log off;
  client_max_body_size 64m;
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
      proxy_request_buffering off;
    }
  }
}
`

/** The first yardstick: a reverse proxy that does nothing but pass on. */
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
    return passing(port, children, async () => {
      program.kill('SIGQUIT')
      await program.exited
      rmSync(directory, { recursive: true, force: true })
    })
  },
}

/** The second yardstick: what this runtime needs for passing on alone. */
export const bare: System = {
  name: 'bare',
  async start(upstreamPort) {
    const script = join(import.meta.dir, '../bare-proxy.ts')
    const program = startPinned(SYSTEM_CORE, [process.execPath, script, `http://127.0.0.1:${upstreamPort}`])
    const [, port] = await waitForLine(program.stdout, /listening (\d+)/)
    return passing(Number(port), [program.pid], async () => {
      program.kill('SIGKILL')
      await program.exited
    })
  },
}
