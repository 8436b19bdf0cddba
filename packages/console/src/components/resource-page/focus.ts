/** Brings the first field that is wrong into sight and gives it the focus, once it is drawn. */
export const focusFirstProblem = (form: HTMLElement | null): void => {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()),
  )
}
