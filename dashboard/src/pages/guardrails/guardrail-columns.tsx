import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Duration } from '../../parts/measure.tsx'
import { State } from '../../parts/state.tsx'
import type { Column } from '../../parts/table.tsx'
import { age, count, counted } from '../../words/numbers.ts'
import { isObject } from '../../words/reading.ts'
import { verdictText, verdictTone } from '../../words/verdicts.ts'
import type { GuardrailLine } from './use-guardrails.ts'

/** What a guardrail is, and what came of it. */
export const GUARDRAIL_COLUMNS: readonly Column<GuardrailLine>[] = [
  {
    head: 'Guardrail',
    cell: ({ name, origin, line }) => (
      <>
        <b className="strong">{name}</b>
        {origin === undefined ? null : (
          <span className="sub">
            {origin}
            {line === undefined ? '' : `, line ${line}`}
          </span>
        )}
      </>
    ),
  },
  { head: 'Looks for', cell: (guardrail) => <LooksFor guardrail={guardrail} /> },
  { head: 'Does', className: 'caps', cell: (guardrail) => <Does guardrail={guardrail} /> },
  { head: 'Holds', cell: (guardrail) => <Holds guardrail={guardrail} /> },
  { head: 'Said, requests', cell: (guardrail) => <Said guardrail={guardrail} /> },
  { head: 'Found', cell: (guardrail) => <Found guardrail={guardrail} /> },
  {
    head: 'Takes',
    num: true,
    cell: ({ spent_ms: ms, budget_ms: budget }) => (
      <span title={`On average since the gateway was started. The budget is ${budget} ms.`}>
        {ms === null ? <span className="soft">–</span> : <Spent ms={ms} />}
      </span>
    ),
  },
]

const LEAST_MS = 0.1

function Spent({ ms }: { readonly ms: number }): ReactNode {
  if (ms >= LEAST_MS) return <Duration ms={ms} />
  return (
    <>
      &lt; {LEAST_MS} <span className="soft">ms</span>
    </>
  )
}

const MOST_CHARACTERS = 60

/** What it was told to look for, as far as that is a list of names; of a check, whom it asks. */
function LooksFor({ guardrail: { kind, looks_for: what } }: Props): ReactNode {
  const names = namesIn(what)
  return (
    <>
      {names.length === 0 ? kind : names.join(', ').slice(0, MOST_CHARACTERS)}
      {names.length === 0 ? null : <span className="sub">{kind}</span>}
    </>
  )
}

function namesIn(what: unknown): readonly string[] {
  if (Array.isArray(what)) return what.map(String)
  if (!isObject(what)) return []
  const { model, from, file } = what
  if (typeof model === 'string') return [`asks ${model}`]
  if (from === 'request') return ['what the request asks for']
  if (typeof file === 'string') return [file]
  return Object.entries(what).map(([name, value]) => told(name, value))
}

/** `sensitivity medium`, `3 words`. */
function told(name: string, value: unknown): string {
  if (Array.isArray(value)) return `${count(value.length)} ${name}`
  return typeof value === 'string' || typeof value === 'number' ? `${name} ${value}` : name
}

interface Props {
  readonly guardrail: GuardrailLine
}

const ACTIONS = { block: 'blocks', mask: 'masks', flag: 'flags', restrict: 'restricts' } as const
const PHASES = { input: 'asked', output: 'answered' } as const

function Does({ guardrail }: Props): ReactNode {
  const { action, mode, phases, restore, as, remember_ms: rememberMs, answer, only } = guardrail
  const how = [
    `what is ${phases.map((phase) => PHASES[phase]).join(' and ')}`,
    as === null ? '' : `as <${as}_…>`,
    restore === true && phases.includes('input') ? 'put back in the answer' : '',
    rememberMs === null ? '' : `remembered for ${age(rememberMs)}`,
    answer === 'refusal' ? 'as a refusal' : '',
    only === null ? '' : `to ${only.join(', ')}`,
  ]
  return (
    <>
      {ACTIONS[action]} {mode === 'shadow' ? <span className="badge">shadow</span> : null}
      <span className="sub">{how.filter((part) => part !== '').join(', ')}</span>
    </>
  )
}

function Holds({ guardrail: { routes, projects, keys } }: Props): ReactNode {
  const where = [
    ['routes', routes],
    ['projects', projects],
    ['keys', keys],
  ] as const
  const told = where.filter(([, names]) => names !== null)
  if (told.length === 0) return <span className="soft">everywhere</span>
  return told.map(([of, names]) => (
    <div key={of}>
      <span className="soft">{of}</span> {names?.join(', ')}
    </div>
  ))
}

function Said({ guardrail: { name, said } }: Props): ReactNode {
  if (said.length === 0) return <span className="soft">nothing</span>
  return (
    <ul className="said-list">
      {said.map(({ verdict, shadow, requests }) => {
        const told = (
          <State tone={verdictTone(verdict, shadow)}>
            {count(requests)} {verdictText(verdict, shadow)}
          </State>
        )
        return (
          <li key={`${verdict} ${shadow}`}>
            {verdict === 'passed' ? told : <SaidLink {...{ name, verdict, shadow }}>{told}</SaidLink>}
          </li>
        )
      })}
    </ul>
  )
}

function SaidLink({
  name,
  verdict,
  shadow,
  children,
}: {
  readonly name: string
  readonly verdict: string
  readonly shadow: boolean
  readonly children: ReactNode
}): ReactNode {
  const said = `${shadow ? 'shadow-' : ''}${verdict}`
  return (
    <Link to="/requests" search={{ q: `guardrail:${name} verdict:${said}` }} title="The requests">
      {children}
    </Link>
  )
}

const MOST_FOUND = 4

function Found({ guardrail: { found, restored } }: Props): ReactNode {
  const back = restored.values + restored.remembered
  if (found.length + back === 0) return <span className="soft">–</span>
  const others = found.length - MOST_FOUND
  return (
    <>
      {found.slice(0, MOST_FOUND).map(({ detector, found: many }) => (
        <div key={detector} className="found-line">
          <span>{detector}</span> <span className="soft">{count(many)}</span>
        </div>
      ))}
      {back === 0 ? null : (
        <span className="sub" title="How many placeholders were put back in answers.">
          {count(back)} put back
          {restored.remembered === 0 ? '' : `, ${count(restored.remembered)} of them remembered`}
        </span>
      )}
      {others > 0 ? <span className="sub">{counted(others, 'more detector')}</span> : null}
    </>
  )
}
