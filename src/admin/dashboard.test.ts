import { expect, test } from 'bun:test'
import { dashboardRoutes } from './dashboard.ts'
import { AdminProblem } from './problem.ts'

const base64 = (text: string): string => Buffer.from(Bun.gzipSync(Buffer.from(text))).toString('base64')

const PACK = JSON.stringify({
  files: [
    { path: '/index.html', type: 'text/html; charset=utf-8', gzip: base64('<p>page</p>') },
    { path: '/assets/main-1.js', type: 'text/javascript', gzip: base64('let a') },
  ],
})

/** Asks routes made over what `read` gives. */
function over(read: () => Promise<string>) {
  const routes = dashboardRoutes(read)
  return async (path: string, params: Record<string, string> = {}, headers: Record<string, string> = {}) => {
    const route = routes.find((one) => one.path === path)
    if (route === undefined) throw new Error(`there is no ${path}`)
    return route.handle({ params, query: new URLSearchParams(), headers: new Headers(headers), body: null })
  }
}

test('pages are never kept, files for ever, and both allow nothing from elsewhere', async () => {
  const ask = over(() => Promise.resolve(PACK))
  const page = await ask('/requests/{id}', { id: 'req_1' })
  expect(await page.text()).toBe('<p>page</p>')
  expect(page.headers.get('cache-control')).toBe('no-store')
  const file = await ask('/assets/{file}', { file: 'main-1.js' })
  expect(await file.text()).toBe('let a')
  expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  for (const { headers } of [page, file]) {
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toStartWith("default-src 'none'; script-src 'self'; style-src 'self';")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  }
})

test('who takes it packed gets it packed', async () => {
  const ask = over(() => Promise.resolve(PACK))
  const file = await ask('/assets/{file}', { file: 'main-1.js' }, { 'accept-encoding': 'gzip, br' })
  expect(file.headers.get('content-encoding')).toBe('gzip')
  expect(Buffer.from(Bun.gunzipSync(await file.bytes())).toString()).toBe('let a')
})

test('a file that is not there is none, and nothing leads out of the pack', async () => {
  const ask = over(() => Promise.resolve(PACK))
  for (const file of ['main-2.js', '../index.html', '__proto__', ''])
    expect(ask('/assets/{file}', { file })).rejects.toBeInstanceOf(AdminProblem)
})

test('it is read once, for however many come, and again after it could not be read', async () => {
  let reads = 0
  const ask = over(() => {
    reads += 1
    return reads === 1 ? Promise.reject(new Error('no bundler')) : Promise.resolve(PACK)
  })
  expect(ask('/')).rejects.toThrow('no bundler')
  await Promise.all([ask('/'), ask('/requests'), ask('/')])
  await ask('/')
  expect(reads).toBe(2)
})
