/**
 * Languages that the operator has switched off, by `GW_SCRIPTING_DISABLE` or, as in the wire contract (platform part,
 * §3.14), `DF_SCRIPTING_DISABLE`: `all`, or names with commas between them. Where both are set, both hold.
 */
const VARIABLES = ['GW_SCRIPTING_DISABLE', 'DF_SCRIPTING_DISABLE'] as const
/** A switch that is on names no language, and can mean nothing else. */
const EVERY: ReadonlySet<string> = new Set(['all', '*', 'true', '1', 'yes', 'on'])

const disabledIn = (environment: Readonly<Record<string, string | undefined>>): readonly string[] =>
  VARIABLES.flatMap((name) => (environment[name] ?? '').toLowerCase().split(/[\s,;]+/)).filter((word) => word !== '')

/** The wire contract's sentence, where scripts in this language may not run. */
export const disabledReason = (
  { name, aliases = [] }: { readonly name: string; readonly aliases?: readonly string[] },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined => {
  const words = disabledIn(environment)
  if (words.some((word) => EVERY.has(word))) return 'All scripting is disabled for this instance.'
  const own = words.find((word) => word === name || aliases.includes(word))
  return own === undefined ? undefined : `Scripting with ${own} is disabled for this instance.`
}
