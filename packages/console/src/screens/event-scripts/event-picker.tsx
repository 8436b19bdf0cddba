/** The event that a script hangs on: whose call, which one, and when. */
import { type ReactNode, useState } from 'react'
import { useEventServices, useEvents } from '../../api/automation.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field } from '../../components/field.tsx'
import { NameChoice } from '../../components/name-choice.tsx'
import type { CustomControlProps } from '../../components/schema-form/surroundings.ts'
import { Select } from '../../components/ui/input.tsx'
import { eventScripts } from '../../text/automation.ts'

const { picker: text } = eventScripts

interface Choice {
  readonly service: string
  /** `shop._table.{table_name}.get` */
  readonly event: string
  /** What stands for the placeholder; empty: anything. */
  readonly part: string
  readonly stage: string
}

const nameOf = ({ event, part, stage }: Choice, placeholder: string | undefined): string => {
  if (event === '') return ''
  const concrete = part !== '' && placeholder ? event.replace(`{${placeholder}}`, part) : event
  return `${concrete}.${stage}`
}

/** Of one that is stored, the event is shown alone: it is what the script is known by. */
export const EventPicker = (props: CustomControlProps) =>
  props.values.created_date === undefined ? (
    <Choosing {...props} />
  ) : (
    <div className="grid gap-1">
      <span className="font-medium">{props.schema.title}</span>
      <code className="break-all rounded-md bg-muted px-2.5 py-2 font-mono text-[0.8125rem]">
        {String(props.value)}
      </code>
    </div>
  )

const Choosing = ({ schema, value, onChange, problems, required }: CustomControlProps) => {
  const [choice, setChoice] = useState<Choice>({ service: '', event: '', part: '', stage: 'pre_process' })
  const services = useEventServices()
  const events = useEvents(choice.service)
  const paths = Object.values(events.data ?? {})
  const placeholderIn = (event: string) => {
    const parameter = paths.find(({ endpoints }) => endpoints.includes(event))?.parameter
    return Object.entries(parameter ?? {})[0]
  }
  const set = (part: Partial<Choice>) => {
    const next = { ...choice, ...part }
    setChoice(next)
    onChange(nameOf(next, placeholderIn(next.event)?.[0]))
  }
  const [placeholder, names = []] = placeholderIn(choice.event) ?? []
  const failed = services.error ?? events.error
  return (
    <fieldset className="grid gap-3">
      <legend className="sr-only">{schema.title}</legend>
      <ErrorNotice error={failed} title={text.failed} />
      <div className="grid gap-3 sm:grid-cols-2">
        <Choose
          label={text.service}
          required={required}
          problems={choice.service === '' ? problems : []}
          value={choice.service}
          onChange={(service) => set({ service, event: '', part: '' })}
        >
          <option value="">{text.chooseService}</option>
          {services.data?.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Choose>
        <Choose
          label={text.event}
          required={required}
          problems={choice.service !== '' ? problems : []}
          value={choice.event}
          onChange={(event) => set({ event, part: '' })}
        >
          <option value="">{text.chooseEvent}</option>
          {paths
            .flatMap(({ endpoints }) => endpoints)
            .map((event) => (
              <option key={event}>{event}</option>
            ))}
        </Choose>
        {placeholder && names.length > 0 && (
          <Field label={text.one(placeholder)}>
            {(control) => (
              <NameChoice
                {...control}
                names={names}
                none={text.any(placeholder)}
                value={choice.part}
                onChange={(part) => set({ part })}
              />
            )}
          </Field>
        )}
        <Choose label={text.stage} value={choice.stage} onChange={(stage) => set({ stage })}>
          {Object.entries(text.stages).map(([stage, label]) => (
            <option key={stage} value={stage}>
              {label}
            </option>
          ))}
        </Choose>
      </div>
      {value !== undefined && value !== '' && (
        <output className="break-all rounded-md bg-muted px-2.5 py-2 font-mono text-[0.8125rem]">
          {String(value)}
        </output>
      )}
    </fieldset>
  )
}

interface ChooseProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly problems?: readonly string[]
  readonly required?: boolean
  readonly children: ReactNode
}

const Choose = ({ label, value, onChange, problems = [], required = false, children }: ChooseProps) => (
  <Field label={label} problems={problems} required={required}>
    {(control) => (
      <Select {...control} value={value} onChange={({ target }) => onChange(target.value)}>
        {children}
      </Select>
    )}
  </Field>
)
