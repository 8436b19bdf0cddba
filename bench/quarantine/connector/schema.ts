/** A configuration without settings, by the standard's own words. */
import type { Schema } from '@gw/core'

const described = () => ({ type: 'object' })

export const nothing: Schema<object, object> = {
  '~standard': {
    version: 1,
    vendor: 'bench',
    validate: (value) => ({ value: value as object }),
    jsonSchema: { input: described, output: described },
  },
}
