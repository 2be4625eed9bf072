/** Takes all steps of some work, one after the other. Gives what comes of it. */
export function toEnd<Result>(steps: Generator<undefined, Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/**
 * Takes all steps of some work, so that others have their turn after each.
 *
 * @param afterTurn calls back when others have had their turn
 */
export function inTurns<Result>(
  steps: Generator<undefined, Result>,
  afterTurn: (action: () => void) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const go = (): void => {
      try {
        const step = steps.next()
        if (step.done === true) resolve(step.value)
        else afterTurn(go)
      } catch (thrown) {
        reject(thrown)
      }
    }
    go()
  })
}
