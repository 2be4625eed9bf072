import { Link } from '@tanstack/react-router'
import type { MenuAct } from '../menu.tsx'

/** A line of the menu of a chart that leads to an alert over what it shows: a measure, and a query where it shows a part. */
export function makeAlert(measure: string, q?: string): MenuAct {
  return {
    name: 'Make alert',
    icon: 'alerts',
    link: (inside) => <Link to="/alerts" search={{ measure, q }} {...inside} />,
  }
}
