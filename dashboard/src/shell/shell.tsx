import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useState, type ReactNode } from 'react'
import { useShortcuts } from '../app/use-shortcuts.ts'
import { decoded } from '../words/decoded.ts'
import { DemoBanner } from './demo-banner.tsx'
import { Finder } from './finder.tsx'
import { KeysDialog } from './keys-dialog.tsx'
import { Nav } from './nav.tsx'
import { ALL_PLACES } from './places.ts'
import { TopBar } from './top-bar.tsx'

type Open = 'nav' | 'finder' | 'keys'

/** What stands around every page. */
export function Shell(): ReactNode {
  const [open, setOpen] = useState<Open>()
  const close = (): void => setOpen(undefined)
  useJumps(setOpen)
  useNewPage()
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <div className="shell">
        <Nav isOpen={open === 'nav'} onClose={close} />
        <div className="page">
          <DemoBanner />
          <TopBar onMenu={() => setOpen('nav')} onSearch={() => setOpen('finder')} />
          <Outlet />
        </div>
      </div>
      {open === 'finder' ? <Finder onClose={close} /> : null}
      {open === 'keys' ? <KeysDialog onClose={close} /> : null}
    </>
  )
}

/** Keys that work on every page. */
function useJumps(open: (what: Open) => void): void {
  const navigate = useNavigate()
  const pairs = ALL_PLACES.map(({ key, to }) => [`g ${key}`, () => void navigate({ to })] as const)
  useShortcuts({ ...Object.fromEntries(pairs), '?': () => open('keys') })
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      open('finder')
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [open])
}

/** A new page begins at its top, and readers begin there as well. */
function useNewPage(): void {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  useEffect(() => {
    document.title = `${titleOf(path)} · Gatehouse`
  }, [path])
}

function titleOf(path: string): string {
  const place = ALL_PLACES.find(({ to }) => to === path)
  return place?.name ?? decoded(path.slice(path.lastIndexOf('/') + 1))
}
