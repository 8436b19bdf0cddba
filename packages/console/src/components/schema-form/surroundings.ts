/** What the fields of a form know of it, however deep they stand. */
import { type ComponentType, createContext, useContext } from 'react'
import type { JsonSchema } from '../../api/types.ts'
import type { Problems } from './problems.ts'
import type { Values } from './schema.ts'

/** A control of one's own for a property. */
export interface CustomControlProps {
  readonly name: string
  readonly schema: JsonSchema
  readonly value: unknown
  readonly values: Values
  readonly onChange: (value: unknown) => void
  readonly problems: readonly string[]
  readonly required: boolean
}
export type CustomControls = Readonly<Record<string, ComponentType<CustomControlProps>>>

export interface SchemaFieldProps {
  readonly name: string
  /** Where its problems are told: `oauth2.token_url`. */
  readonly path: string
  readonly schema: JsonSchema
  readonly value: unknown
  readonly required: boolean
  readonly onChange: (value: unknown) => void
}

export interface FormSurroundings {
  readonly root: JsonSchema
  readonly problems: Problems
  readonly disabled: boolean
  /** Draws a property; handed down, since properties hold objects that hold properties. */
  readonly Field: ComponentType<SchemaFieldProps>
}

export const Surroundings = createContext<FormSurroundings>({
  root: {},
  problems: {},
  disabled: false,
  Field: () => null,
})
export const useSurroundings = (): FormSurroundings => useContext(Surroundings)
