import type { ReactNode, RefObject } from 'react'
import { Icon, type IconName } from './icon.tsx'
import { Popover } from './popover.tsx'

/** One line of a menu: something to do, or a link that is made with the class and the role that are given. */
export type MenuAct =
  | { readonly name: string; readonly icon: IconName; readonly act: () => void }
  | { readonly name: string; readonly icon: IconName; readonly link: (inside: MenuLink) => ReactNode }

/** What a link of a menu is made with. */
export interface MenuLink {
  readonly role: 'menuitem'
  readonly children: ReactNode
}

export interface MenuProps {
  /** What the menu is of: `Menu of Requests per hour`. */
  readonly label: string
  readonly acts: readonly MenuAct[]
  /** What stands in the button; absent: three dots. */
  readonly button?: ReactNode
  readonly className?: string
  readonly opener?: RefObject<(() => void) | null>
}

/** What can be done with a thing, behind a button. */
export function Menu({ label, acts, button, className = 'btn quiet only s', opener }: MenuProps): ReactNode {
  return (
    <Popover
      kind="menu"
      label={label}
      className={className}
      button={button ?? <Icon name="more" />}
      {...(opener === undefined ? {} : { opener })}
    >
      {(close) =>
        acts.map((one) => {
          const inside = (
            <>
              <Icon name={one.icon} />
              {one.name}
            </>
          )
          if ('link' in one)
            return <span key={one.name}>{one.link({ role: 'menuitem', children: inside })}</span>
          const act = (): void => {
            close()
            one.act()
          }
          return (
            <button key={one.name} type="button" role="menuitem" onClick={act}>
              {inside}
            </button>
          )
        })
      }
    </Popover>
  )
}
