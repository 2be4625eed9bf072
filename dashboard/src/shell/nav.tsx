import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useServices } from '../app/services.tsx'
import { Icon, Mark } from '../parts/icon.tsx'
import { PLACES } from './places.ts'

/** The ways to all pages; a drawer where the window is narrow. */
export function Nav({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean
  readonly onClose: () => void
}): ReactNode {
  const { tokens } = useServices()
  return (
    <>
      {isOpen ? (
        <button type="button" className="nav-veil" aria-label="Close navigation" onClick={onClose} />
      ) : null}
      <nav className={isOpen ? 'nav is-open' : 'nav'} aria-label="Main">
        <div className="row">
          <Link className="mark" to="/" onClick={onClose}>
            <Mark />
            Gatehouse
          </Link>
          <button type="button" className="nav-close" aria-label="Close navigation" onClick={onClose}>
            <Icon name="cross" />
          </button>
        </div>
        {PLACES.map(({ group, places }) => (
          <div key={group}>
            <h2>{group}</h2>
            {places.map(({ to, name, icon }) => (
              <Link
                key={to}
                className="item"
                to={to}
                activeOptions={{ exact: to === '/', includeSearch: false }}
                onClick={onClose}
              >
                <Icon name={icon} />
                {name}
              </Link>
            ))}
          </div>
        ))}
        <div className="pinned">
          <button type="button" className="out" onClick={tokens.forget}>
            <Icon name="leave" />
            Sign out
          </button>
        </div>
      </nav>
    </>
  )
}
