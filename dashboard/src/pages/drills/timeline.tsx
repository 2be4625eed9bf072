import type { ReactNode } from 'react'
import { useServices } from '../../app/services.tsx'
import { durationText } from '../../words/numbers.ts'
import type { Report } from './use-drills.ts'

type Point = NonNullable<Report['routes'][number]['timeline']>[number]

const HEIGHT = 34
const WIDTH = 1_000

/** The requests of a route in the order of time: above who answered, below what the fault met. */
export function Timeline({
  points,
  label,
}: {
  readonly points: readonly Point[]
  readonly label: string
}): ReactNode {
  const { palette } = useServices()
  const lastMs = Math.max(1, ...points.map(({ after_ms: afterMs }) => afterMs))
  const step = WIDTH / Math.max(1, points.length)
  const failed = points.filter(({ target }) => target === undefined).length
  const struck = points.filter((point) => point.struck > 0).length
  const told = `${label} over ${durationText(lastMs)}: ${points.length - failed} of ${points.length} shown requests answered, ${struck} met the fault.`
  return (
    <figure className="timeline">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={told}>
        {points.map(({ after_ms: afterMs, target, outcome, struck: hits }, index) => (
          <g key={index}>
            <title>{`${durationText(afterMs)}: ${outcome}${target === undefined ? '' : ` by ${target}`}${hits > 0 ? `, ${hits} struck` : ''}`}</title>
            <rect
              x={index * step}
              width={Math.max(2, step - 2)}
              y={target === undefined ? 0 : 6}
              height={target === undefined ? 22 : 16}
              fill={target === undefined ? 'var(--bad-mark)' : palette.colourOf(target)}
            />
            {hits === 0 ? null : (
              <rect
                x={index * step}
                width={Math.max(2, step - 2)}
                y={28}
                height={4}
                fill="var(--warn-mark)"
              />
            )}
          </g>
        ))}
      </svg>
      <figcaption className="row small soft">
        <span>0 s</span>
        <span className="push">
          a bar a request, in the colour of who answered; red: nobody; the line below: met the fault
        </span>
        <span className="push">{durationText(lastMs)}</span>
      </figcaption>
    </figure>
  )
}
