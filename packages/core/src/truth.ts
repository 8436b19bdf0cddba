/** What counts as yes, wherever a client says it. */

const TRUE: ReadonlySet<string> = new Set(['true', '1', 'yes', 'on', 'y', 't'])

/**
 * Whether a parameter or a field says yes, as the wire contract §0.1 reads it: `true`, 1, and six words in any case;
 * nothing else.
 */
export const isTrue = (value: unknown): boolean =>
  value === true || ((typeof value === 'string' || typeof value === 'number') && TRUE.has(String(value).toLowerCase()))
