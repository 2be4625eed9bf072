import { useEffect, useState } from 'react'

/** A value as it is when it has not changed for a while: what follows from every letter that is typed need not be asked for each. */
export function useSettled<Value>(value: Value, afterMs = 400): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), afterMs)
    return () => clearTimeout(timer)
  }, [value, afterMs])
  return settled
}
