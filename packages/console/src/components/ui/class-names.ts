import { type ClassValue, clsx } from 'clsx'
import { twMerge } from 'tailwind-merge'

/** Class names, of which the last one of a kind wins. */
export const cn = (...given: readonly ClassValue[]): string => twMerge(clsx(given))
