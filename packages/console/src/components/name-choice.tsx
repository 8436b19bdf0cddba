/** One of a list of names: the browser's own choice, or, where there are too many to look through, found by typing. */
import { type ReactNode, useId, useMemo } from 'react'
import type { ControlProps } from './field.tsx'
import { Input, Select } from './ui/input.tsx'

/** More than these are not looked through, and are not drawn. */
const FEW = 100
/** Suggested while one types. */
const SUGGESTED = 50

interface NameChoiceProps extends ControlProps {
  readonly value: string
  readonly names: readonly string[]
  /** What choosing none of them says. */
  readonly none?: string
  readonly onChange: (name: string) => void
}

export const NameChoice = ({ names, none = '', value, onChange, ...control }: NameChoiceProps): ReactNode => {
  if (names.length > FEW) return <Typed {...control} names={names} none={none} value={value} onChange={onChange} />
  return (
    <Select {...control} value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">{none}</option>
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </Select>
  )
}

const Typed = ({ names, none, value, onChange, ...control }: NameChoiceProps) => {
  const list = useId()
  const suggested = useMemo(() => {
    const wanted = value.toLowerCase()
    return names.filter((name) => name.toLowerCase().includes(wanted)).slice(0, SUGGESTED)
  }, [names, value])
  return (
    <>
      <Input
        {...control}
        list={list}
        autoComplete="off"
        spellCheck={false}
        placeholder={none}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
      <datalist id={list}>
        {suggested.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}
