/** Light, dark, or as the system has it. The choice is all that the console keeps in the browser. */
import { useSyncExternalStore } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'gw.theme'
const dark = matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

const stored = (): Theme => {
  try {
    const found = localStorage.getItem(KEY)
    return THEMES.find((one) => one === found) ?? 'system'
  } catch {
    // A browser that keeps nothing for pages.
    return 'system'
  }
}
let current = stored()

const isDark = () => current === 'dark' || (current === 'system' && dark.matches)

export const applyTheme = (): void => {
  document.documentElement.classList.toggle('dark', isDark())
  for (const tell of listeners) tell()
}
dark.addEventListener('change', applyTheme)

export const setTheme = (theme: Theme): void => {
  current = theme
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // It holds until the page is left.
  }
  applyTheme()
}

const subscribe = (tell: () => void) => {
  listeners.add(tell)
  return () => void listeners.delete(tell)
}
export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => current)
export const useIsDark = (): boolean => useSyncExternalStore(subscribe, isDark)
