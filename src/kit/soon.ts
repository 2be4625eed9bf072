/**
 * A value that is there at once, or that has to be waited for: what memory knows is not worth the step through the queue of
 * promises that an engine elsewhere needs. `await` takes both.
 */
export type Soon<T> = T | Promise<T>

/**
 * What follows from a value: at once when it is there, else when it comes.
 *
 * @param subject given to `next` too, which then needs no closure of its own each time
 */
export function whenThere<T, Result>(value: Soon<T>, next: (value: T) => Soon<Result>): Soon<Result>
export function whenThere<T, Subject, Result>(
  value: Soon<T>,
  next: (value: T, subject: Subject) => Soon<Result>,
  subject: Subject,
): Soon<Result>
export function whenThere<T, Subject, Result>(
  value: Soon<T>,
  next: (value: T, subject?: Subject) => Soon<Result>,
  subject?: Subject,
): Soon<Result> {
  return value instanceof Promise ? whenItComes(value, next, subject) : next(value, subject)
}

function whenItComes<T, Subject, Result>(
  value: Promise<T>,
  next: (value: T, subject?: Subject) => Soon<Result>,
  subject?: Subject,
): Promise<Result> {
  return value.then((there) => next(there, subject))
}
