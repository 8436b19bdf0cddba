/** The console's own version, put in by vite. */
declare const __VERSION__: string
