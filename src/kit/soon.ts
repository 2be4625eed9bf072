/**
 * A value that is there at once, or that has to be waited for: what memory knows is not worth the step through the queue of
 * promises that an engine elsewhere needs. `await` takes both.
 */
export type Soon<T> = T | Promise<T>

/** What follows from a value: at once when it is there, else when it comes. */
export function whenThere<T, Result>(value: Soon<T>, next: (value: T) => Promise<Result>): Promise<Result>
export function whenThere<T, Result>(value: Soon<T>, next: (value: T) => Soon<Result>): Soon<Result>
export function whenThere<T, Result>(value: Soon<T>, next: (value: T) => Soon<Result>): Soon<Result> {
  return value instanceof Promise ? value.then(next) : next(value)
}
