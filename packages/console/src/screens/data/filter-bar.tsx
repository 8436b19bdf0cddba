/** The filter as the API takes it, to be typed, and a builder that writes it. */
import { Plus, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { calledOf, type TableField } from '../../api/records.ts'
import { Button } from '../../components/ui/button.tsx'
import { Input, Select } from '../../components/ui/input.tsx'
import { data } from '../../text/data.ts'
import { type Condition, filterText, OPERATORS, takesValue } from './filter-text.ts'

const text = data.filter

interface FilterBarProps {
  readonly fields: readonly TableField[]
  readonly filter: string
  readonly onFilter: (filter: string) => void
}

export const FilterBar = ({ fields, filter, onFilter }: FilterBarProps) => {
  const [typed, setTyped] = useState(filter)
  const [conditions, setConditions] = useState<readonly Condition[]>([])
  // A link, or the way back, brings another one.
  useEffect(() => setTyped(filter), [filter])
  const build = (next: readonly Condition[]) => {
    setConditions(next)
    setTyped(filterText(next, fields))
  }
  const first = fields[0] ? calledOf(fields[0]) : ''
  const clear = () => {
    setConditions([])
    setTyped('')
    onFilter('')
  }
  return (
    <form
      aria-label={text.title}
      className="grid min-w-0 flex-1 basis-80 gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        onFilter(typed.trim())
      }}
    >
      <div className="flex gap-2">
        <Input
          aria-label={text.text}
          className="font-mono text-xs"
          value={typed}
          placeholder={text.placeholder}
          spellCheck={false}
          onChange={(event) => {
            setConditions([])
            setTyped(event.target.value)
          }}
        />
        <Button type="submit" variant="outline">
          {text.apply}
        </Button>
        {filter && (
          <Button variant="ghost" size="icon" aria-label={text.clear} onClick={clear}>
            <X />
          </Button>
        )}
      </div>
      {conditions.map((condition, at) => (
        <ConditionRow
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have nothing else to be known by
          key={at}
          condition={condition}
          fields={fields}
          onChange={(changed) => build(conditions.with(at, changed))}
          onRemove={() => build(conditions.toSpliced(at, 1))}
        />
      ))}
      <Button
        variant="ghost"
        size="sm"
        className="justify-self-start"
        onClick={() => build([...conditions, { field: first, operator: '=', value: '' }])}
      >
        <Plus />
        {text.add}
      </Button>
    </form>
  )
}

interface ConditionRowProps {
  readonly condition: Condition
  readonly fields: readonly TableField[]
  readonly onChange: (condition: Condition) => void
  readonly onRemove: () => void
}

const ConditionRow = ({ condition, fields, onChange, onRemove }: ConditionRowProps) => (
  <div className="flex flex-wrap gap-2">
    <Select
      aria-label={text.field}
      className="w-auto max-w-48 flex-1"
      value={condition.field}
      onChange={(event) => onChange({ ...condition, field: event.target.value })}
    >
      {fields.map((field) => (
        <option key={field.name}>{calledOf(field)}</option>
      ))}
    </Select>
    <Select
      aria-label={text.operator}
      className="w-auto"
      value={condition.operator}
      onChange={(event) => onChange({ ...condition, operator: event.target.value })}
    >
      {OPERATORS.map((operator) => (
        <option key={operator} value={operator}>
          {text.operators[operator]}
        </option>
      ))}
    </Select>
    {takesValue(condition.operator) && (
      <Input
        aria-label={text.value}
        className="w-auto flex-1"
        value={condition.value}
        onChange={(event) => onChange({ ...condition, value: event.target.value })}
      />
    )}
    <Button variant="ghost" size="icon" aria-label={text.remove} onClick={onRemove}>
      <X />
    </Button>
  </div>
)
