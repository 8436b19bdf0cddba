/** Whether the gateway answers, as the last call found it. */
import { useSyncExternalStore } from 'react'

let isAway = false
const listeners = new Set<() => void>()

/** Told by every call. */
export const noteAnswer = (answered: boolean): void => {
  if (isAway !== answered) return
  isAway = !answered
  for (const tell of listeners) tell()
}

const subscribe = (tell: () => void) => {
  listeners.add(tell)
  return () => void listeners.delete(tell)
}
export const useIsAway = (): boolean => useSyncExternalStore(subscribe, () => isAway)
