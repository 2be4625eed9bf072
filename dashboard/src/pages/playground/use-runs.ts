import { useEffect, useMemo, useRef, useState } from 'react'
import { createFollow } from '../../api/follow.ts'
import { asProblem, sentenceOf } from '../../api/problem.ts'
import { useServices } from '../../app/services.tsx'
import { NO_ANSWER, take, type Answer } from './answer.ts'
import { toBody, type Settings } from './settings.ts'

/** A model that is asked, and what it has answered: the latest last. */
export interface Column {
  readonly id: number
  readonly model: string
  readonly answers: readonly Answer[]
}

export const MOST_COLUMNS = 4

/** The columns of the playground and what is done with them. */
export interface Runs {
  readonly columns: readonly Column[]
  readonly isRunning: boolean
  readonly add: (model: string) => void
  readonly remove: (id: number) => void
  readonly choose: (id: number, model: string) => void
  /** Asks every column so often, one request of each at a time. */
  readonly run: (settings: Settings, times: number) => void
  readonly stop: () => void
}

/** Keeps the columns, and asks. Whoever leaves the page stops what is under way. */
export function useRuns(): Runs {
  const { tokens } = useServices()
  const follow = useMemo(() => createFollow(tokens), [tokens])
  const [columns, setColumns] = useState<readonly Column[]>([])
  const [running, setRunning] = useState(0)
  const stopping = useRef<AbortController>(undefined)
  const made = useRef(0)
  useEffect(() => () => stopping.current?.abort(), [])

  const change = (id: number, changed: (column: Column) => Column): void =>
    setColumns((all) => all.map((one) => (one.id === id ? changed(one) : one)))
  const changeAnswer = (id: number, place: number, changed: (answer: Answer) => Answer): void =>
    change(id, (column) => ({
      ...column,
      answers: column.answers.map((answer, index) => (index === place ? changed(answer) : answer)),
    }))

  const ask = async ({ id, model }: Column, settings: Settings, place: number): Promise<void> => {
    const signal = stopping.current?.signal ?? AbortSignal.abort()
    change(id, (column) => ({ ...column, answers: [...column.answers, NO_ANSWER] }))
    const asked = toBody(settings, model)
    try {
      if ('mistake' in asked) throw new Error(asked.mistake)
      await follow('/api/v1/playground', {
        body: asked.body,
        signal,
        take: (told) => changeAnswer(id, place, (answer) => take(answer, told)),
      })
    } catch (thrown) {
      changeAnswer(id, place, (answer) =>
        signal.aborted ? { ...answer, state: 'stopped' } : refused(answer, thrown),
      )
    }
  }

  return {
    columns,
    isRunning: running > 0,
    add(model) {
      made.current += 1
      const id = made.current
      setColumns((all) => (all.length >= MOST_COLUMNS ? all : [...all, { id, model, answers: [] }]))
    },
    remove: (id) => setColumns((all) => all.filter((one) => one.id !== id)),
    choose: (id, model) => change(id, (column) => ({ ...column, model, answers: [] })),
    run(settings, times) {
      stopping.current = new AbortController()
      const { signal } = stopping.current
      for (const column of columns) {
        change(column.id, (one) => ({ ...one, answers: [] }))
        setRunning((count) => count + 1)
        void (async () => {
          for (let place = 0; place < times && !signal.aborted; place += 1) await ask(column, settings, place)
          setRunning((count) => count - 1)
        })()
      }
    },
    stop: () => stopping.current?.abort(),
  }
}

function refused(answer: Answer, thrown: unknown): Answer {
  const { code, title, detail, errors = [] } = asProblem(thrown).facts
  const lines = errors.map((line) => `${line.path}: ${sentenceOf(line)}`).join(' ')
  return { ...answer, state: 'over', failure: { code, message: [detail ?? title, lines].join(' ').trim() } }
}
