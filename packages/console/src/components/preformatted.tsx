/** Text as it is: JSON, a log, a message. What is too long scrolls, by keyboard, too. */
const LOOK = 'max-h-72 overflow-auto whitespace-pre-wrap break-words rounded-md bg-muted p-3 font-mono text-xs'

export const Preformatted = ({ children }: { readonly children: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
  <pre tabIndex={0} className={LOOK}>
    {children}
  </pre>
)
