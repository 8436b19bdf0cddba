/** A template as a message of it would read, without a service and without sending anything. */
import type { Caller } from '@gw/core'
import { given, type Merged, ofTemplate } from './merge.ts'
import { valuesOf } from './substitute.ts'
import { type Texts, textsOf } from './texts.ts'

export interface Preview extends Texts {
  /** Placeholders that nothing is known for: they stay as they are written. */
  readonly unknown: readonly string[]
}

export interface PreviewOptions {
  readonly template: Merged
  /** As a request for a message would have them. */
  readonly values: Merged
  /** What placeholders are shown with for which neither the template nor `values` has anything. */
  readonly samples: Merged
  readonly caller: Caller
}

/** @throws GwError `invalid_request` for what is no text, or no header */
export const previewOf = ({ template, values, samples, caller }: PreviewOptions): Preview => {
  const { own, defaults } = ofTemplate(template)
  const merged = { ...samples, ...own, ...defaults, ...given(values) }
  const known = valuesOf(caller, merged)
  const unknown = new Set<string>()
  const texts = textsOf(merged, (name) => {
    const value = known(name)
    if (value === undefined) unknown.add(name)
    return value
  })
  return { ...texts, unknown: [...unknown].sort() }
}
