/** The rules of a role: services, paths, verbs, who asks, which rows, which fields. */
import { Plus, Trash2, X } from 'lucide-react'
import { useId } from 'react'
import { REQUESTORS, type RoleAccess, type RowCondition, VERBS } from '../../api/access.ts'
import { useList } from '../../api/resource.ts'
import { services } from '../../api/services.ts'
import { Field } from '../../components/field.tsx'
import type { CustomControlProps } from '../../components/schema-form/surroundings.ts'
import { Button } from '../../components/ui/button.tsx'
import { cn } from '../../components/ui/class-names.ts'
import { Input, Select } from '../../components/ui/input.tsx'
import { roles as text } from '../../text/access.ts'

const FRESH: RoleAccess = {
  service_id: null,
  component: '*',
  verb_mask: VERBS.GET,
  requestor_mask: REQUESTORS.api,
  filters: null,
  filter_op: 'AND',
  deny_fields: null,
}

export const AccessRules = ({ value, onChange, problems }: CustomControlProps) => {
  const rules = (value ?? []) as readonly RoleAccess[]
  return (
    <Field label={text.fields.access} help={text.accessHelp} problems={problems}>
      {({ id }) => (
        <div id={id} className="grid gap-3">
          {rules.map((rule, at) => (
            <Rule
              // biome-ignore lint/suspicious/noArrayIndexKey: new ones have nothing else to be known by
              key={at}
              number={at + 1}
              rule={rule}
              onChange={(next) => onChange(rules.with(at, next))}
              onRemove={() => onChange(rules.toSpliced(at, 1))}
            />
          ))}
          <Button
            variant="outline"
            size="sm"
            className="justify-self-start"
            onClick={() => onChange([...rules, FRESH])}
          >
            <Plus />
            {text.add}
          </Button>
        </div>
      )}
    </Field>
  )
}

interface RuleProps {
  readonly number: number
  readonly rule: RoleAccess
  readonly onChange: (rule: RoleAccess) => void
  readonly onRemove: () => void
}

const Rule = ({ number, rule, onChange, onRemove }: RuleProps) => {
  const { data } = useList(services)
  const set = (changes: Partial<RoleAccess>) => onChange({ ...rule, ...changes })
  return (
    <fieldset className="grid gap-3 rounded-lg border p-3.5">
      <legend className="sr-only">{text.rule(number)}</legend>
      <div className="grid gap-3 sm:grid-cols-[1fr_1.4fr_auto]">
        <Field label={text.service}>
          {(control) => (
            <Select
              {...control}
              value={rule.service_id ?? ''}
              onChange={(event) => set({ service_id: event.target.value === '' ? null : Number(event.target.value) })}
            >
              <option value="">{text.anyService}</option>
              {data?.resource.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={text.component} help={text.componentHelp}>
          {(control) => (
            <Input
              {...control}
              value={rule.component}
              spellCheck={false}
              onChange={(event) => set({ component: event.target.value })}
            />
          )}
        </Field>
        <Button
          variant="ghost"
          size="icon"
          className="max-sm:justify-self-end sm:mt-[1.6rem]"
          aria-label={text.remove}
          onClick={onRemove}
        >
          <Trash2 />
        </Button>
      </div>
      <div className="flex flex-wrap gap-x-6 gap-y-3">
        <Bits label={text.verbs} bits={VERBS} mask={rule.verb_mask} onChange={(verb_mask) => set({ verb_mask })} />
        <Bits
          label={text.requestor}
          bits={{ [text.api]: REQUESTORS.api, [text.script]: REQUESTORS.script }}
          mask={rule.requestor_mask}
          onChange={(requestor_mask) => set({ requestor_mask })}
        />
      </div>
      <Rows rule={rule} onChange={set} />
      <Field label={text.deny} help={text.denyHelp} optional>
        {(control) => (
          <Input
            {...control}
            defaultValue={rule.deny_fields?.join(', ') ?? ''}
            spellCheck={false}
            onChange={(event) => {
              const names = event.target.value
                .split(',')
                .map((one) => one.trim())
                .filter(Boolean)
              set({ deny_fields: names.length > 0 ? names : null })
            }}
          />
        )}
      </Field>
    </fieldset>
  )
}

interface BitsProps {
  readonly label: string
  readonly bits: Readonly<Record<string, number>>
  readonly mask: number
  readonly onChange: (mask: number) => void
}

/** Buttons that stay pressed, one for each bit. */
const Bits = ({ label, bits, mask, onChange }: BitsProps) => {
  const id = useId()
  return (
    <fieldset className="grid gap-1.5" aria-labelledby={id}>
      <span id={id} className="font-medium text-[0.8125rem]">
        {label}
      </span>
      <div className="flex flex-wrap gap-1">
        {Object.entries(bits).map(([name, bit]) => {
          const on = (mask & bit) !== 0
          return (
            <button
              key={name}
              type="button"
              aria-pressed={on}
              className={cn(
                'h-8 rounded-md border px-2.5 font-medium text-xs max-sm:h-9',
                on ? 'border-primary bg-primary-soft text-primary' : 'border-input bg-surface hover:bg-hover',
              )}
              onClick={() => onChange(mask ^ bit)}
            >
              {name}
            </button>
          )
        })}
      </div>
    </fieldset>
  )
}

const OPERATORS = [
  '=',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'in',
  'not in',
  'contains',
  'starts with',
  'ends with',
  'like',
  'is null',
  'is not null',
] as const

const Rows = ({
  rule,
  onChange,
}: {
  readonly rule: RoleAccess
  readonly onChange: (changes: Partial<RoleAccess>) => void
}) => {
  const filters = rule.filters ?? []
  const set = (next: readonly RowCondition[]) => onChange({ filters: next.length > 0 ? next : null })
  return (
    <Field label={text.filters} help={text.filtersHelp} optional>
      {({ id }) => (
        <div id={id} className="grid gap-2">
          {filters.map((filter, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions have nothing else to be known by
            <div key={at} className="flex flex-wrap gap-2">
              <Input
                aria-label={text.field}
                placeholder={text.field}
                className="w-auto flex-1"
                value={filter.name}
                spellCheck={false}
                onChange={(event) => set(filters.with(at, { ...filter, name: event.target.value }))}
              />
              <Select
                aria-label={text.operator}
                className="w-auto"
                value={filter.operator}
                onChange={(event) => set(filters.with(at, { ...filter, operator: event.target.value }))}
              >
                {OPERATORS.map((operator) => (
                  <option key={operator}>{operator}</option>
                ))}
              </Select>
              {!filter.operator.startsWith('is ') && (
                <Input
                  aria-label={text.value}
                  placeholder="{user.id}"
                  className="w-auto flex-1"
                  value={String(filter.value ?? '')}
                  spellCheck={false}
                  onChange={(event) => set(filters.with(at, { ...filter, value: event.target.value }))}
                />
              )}
              <Button
                variant="ghost"
                size="icon"
                aria-label={text.removeFilter}
                onClick={() => set(filters.toSpliced(at, 1))}
              >
                <X />
              </Button>
            </div>
          ))}
          {filters.length > 1 && (
            <Select
              aria-label={text.joined}
              className="w-auto justify-self-start"
              value={rule.filter_op}
              onChange={(event) => onChange({ filter_op: event.target.value === 'OR' ? 'OR' : 'AND' })}
            >
              <option value="AND">{text.every}</option>
              <option value="OR">{text.some}</option>
            </Select>
          )}
          <Button
            variant="ghost"
            size="sm"
            className="justify-self-start"
            onClick={() => set([...filters, { name: '', operator: '=', value: '' }])}
          >
            <Plus />
            {text.addFilter}
          </Button>
        </div>
      )}
    </Field>
  )
}
