/** The least that a proxy on this runtime can do: `Bun.serve` in front of `fetch`, and nothing else. */
const [upstream = ''] = process.argv.slice(2)

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    const { pathname, search } = new URL(request.url)
    const { method, headers, body } = request
    const answer = await fetch(upstream + pathname + search, { method, headers, body, decompress: false })
    return new Response(answer.body, { status: answer.status, headers: answer.headers })
  },
})
console.log(`listening ${server.port}`)
