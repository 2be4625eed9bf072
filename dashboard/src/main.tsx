import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode, useSyncExternalStore, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { createAsk, createReadText } from './api/ask.ts'
import { createLive } from './api/live.ts'
import { Problem } from './api/problem.ts'
import { createCrosshair } from './app/crosshair.ts'
import { createPalette } from './app/palette.ts'
import { createPreference } from './app/preferences.ts'
import { createPages } from './app/router.tsx'
import { ServicesContext, type Services } from './app/services.tsx'
import { SignIn } from './session/sign-in.tsx'
import { createTokenKeeper } from './session/token.ts'

/** What somebody has looked at a moment ago is shown at once, and asked for again behind it. */
const FRESH_MS = 2_000
const TRIES = 2

const tokens = createTokenKeeper()
const services: Services = {
  tokens,
  ask: createAsk(tokens),
  readText: createReadText(tokens),
  live: createLive(tokens),
  palette: createPalette(),
  crosshair: createCrosshair(),
  zone: createPreference('gatehouse.zone', ['UTC', 'local']),
}
const pages = createPages()
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // What the gateway refuses it refuses again; a gateway that is away may come back.
      retry: (failures, error) => failures < TRIES && error instanceof Problem && error.facts.status === 0,
    },
  },
})

// Whoever signs in next may be somebody else.
tokens.subscribe(() => {
  if (tokens.current() === undefined) queries.clear()
})

function Dashboard(): ReactNode {
  const token = useSyncExternalStore(tokens.subscribe, tokens.current)
  if (token === undefined) return <SignIn onToken={tokens.keep} />
  return (
    <ServicesContext value={services}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={pages} />
      </QueryClientProvider>
    </ServicesContext>
  )
}

await tokens.ready
const root = document.querySelector('#root')
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <Dashboard />
    </StrictMode>,
  )
