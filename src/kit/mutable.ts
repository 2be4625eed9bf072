/** A value under construction, whose optional members are set one by one; it is read-only to everybody else. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Sets a member unless there is nothing to set, so that `undefined` never reaches an optional field. */
export function setDefined<T, Key extends keyof T>(draft: T, key: Key, value: T[Key] | undefined): void {
  if (value !== undefined) draft[key] = value
}
