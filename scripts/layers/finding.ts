/** One thing the layer check has to say. */
export interface Finding {
  /** Errors fail the build; warnings are for the next person who opens the file. */
  readonly severity: 'error' | 'warning'
  readonly rule: 'arrow' | 'cycle' | 'declared' | 'exports' | 'size' | 'name' | 'parse'
  /** Relative to the root; `file:line` where a line is to blame. */
  readonly at: string
  readonly message: string
}

export const problem = (rule: Finding['rule'], at: string, message: string): Finding => ({
  severity: 'error',
  rule,
  at,
  message,
})
export const warning = (rule: Finding['rule'], at: string, message: string): Finding => ({
  severity: 'warning',
  rule,
  at,
  message,
})
