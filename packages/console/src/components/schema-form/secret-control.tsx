/** A secret is written and never read: one that is stored can be left as it is, changed, or cleared. */
import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { forms } from '../../text/forms.ts'
import { Field, type FieldProps } from '../field.tsx'
import { Button } from '../ui/button.tsx'
import { Input } from '../ui/input.tsx'
import { MASK } from './schema.ts'

export interface SecretControlProps {
  readonly about: Omit<FieldProps, 'children'>
  /** The mask: one is stored. */
  readonly value: unknown
  readonly disabled?: boolean
  readonly onChange: (value: unknown) => void
}

export const SecretControl = ({ about, value, disabled = false, onChange }: SecretControlProps) => {
  const [wasSet] = useState(value === MASK)
  const [isShown, setShown] = useState(false)
  if (value === MASK)
    return (
      <Field {...about}>
        {(control) => (
          <div className="flex items-center gap-2">
            <Input {...control} readOnly value={forms.secret.isSet} className="bg-muted text-muted-foreground italic" />
            {!disabled && (
              <>
                <Button variant="outline" onClick={() => onChange('')}>
                  {forms.secret.change}
                </Button>
                {!about.required && (
                  <Button variant="ghost" onClick={() => onChange(null)}>
                    {forms.secret.clear}
                  </Button>
                )}
              </>
            )}
          </div>
        )}
      </Field>
    )
  const Icon = isShown ? EyeOff : Eye
  const keep = wasSet && (
    <Button variant="link" size="inline" className="text-xs" onClick={() => onChange(MASK)}>
      {forms.secret.keep}
    </Button>
  )
  return (
    <Field {...about} aside={keep}>
      {(control) => (
        <div className="relative">
          <Input
            {...control}
            type={isShown ? 'text' : 'password'}
            autoComplete="new-password"
            spellCheck={false}
            className="pr-10"
            placeholder={wasSet && value === null ? forms.secret.willClear : undefined}
            disabled={disabled}
            value={typeof value === 'string' ? value : ''}
            onChange={({ target }) => onChange(target.value)}
          />
          <Button
            variant="ghost"
            size="icon-sm"
            className="absolute top-1/2 right-1 -translate-y-1/2"
            aria-label={isShown ? forms.secret.hide : forms.secret.show}
            aria-pressed={isShown}
            onClick={() => setShown(!isShown)}
          >
            <Icon />
          </Button>
        </div>
      )}
    </Field>
  )
}
