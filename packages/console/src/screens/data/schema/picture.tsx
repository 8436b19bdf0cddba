/** A picture of the tables and what they have to do with each other: of all, or of what is around one. */
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { schemaOptions, schemasOptions, useTables } from '../../../api/records.ts'
import { ErrorNotice } from '../../../components/error-notice.tsx'
import { Field } from '../../../components/field.tsx'
import { NameChoice } from '../../../components/name-choice.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import { schemaText } from '../../../text/data.ts'

/** More than these no one can look at. */
const MOST = 80
const Diagram = lazy(async () => ({ default: (await import('./diagram.tsx')).Diagram }))

/** Around one table: it, and those that it refers to or that refer to it. */
const useDrawn = (service: string, names: readonly string[], around: string) => {
  const { data: one, error: unread } = useQuery({ ...schemaOptions(service, around), enabled: around !== '' })
  const known = new Set(names)
  const near = one?.related.flatMap(({ ref_service, ref_table }) => (ref_service ? [] : [ref_table])) ?? []
  const wanted = around === '' ? names : one ? [around, ...near] : []
  const drawn = [...new Set(wanted)].filter((name) => known.has(name)).slice(0, MOST)
  const { data: schemas, error } = useQuery(schemasOptions(service, drawn))
  return { schemas, error: unread ?? error, isWaiting: !schemas && !unread && !error && names.length > 0 }
}

export const Picture = ({ service }: { readonly service: string }) => {
  const { data: tables, error: unlisted } = useTables(service)
  const [typed, setTyped] = useState('')
  const names = (tables ?? []).filter(({ is_view }) => !is_view).map(({ name }) => name)
  const around = names.includes(typed) ? typed : ''
  const { schemas, error, isWaiting } = useDrawn(service, names, around)
  return (
    <div className="grid gap-3">
      <ErrorNotice error={unlisted ?? error} />
      {names.length > 1 && (
        <Field label={schemaText.picture.around} className="max-w-sm">
          {(control) => (
            <NameChoice {...control} names={names} none={schemaText.picture.all} value={typed} onChange={setTyped} />
          )}
        </Field>
      )}
      {names.length > MOST && around === '' && (
        <p className="text-muted-foreground text-xs">{schemaText.picture.tooMany(MOST)}</p>
      )}
      {isWaiting && <Skeleton className="h-96" />}
      {schemas && (
        <Suspense fallback={<Skeleton className="h-96" />}>
          <Diagram service={service} schemas={schemas} />
        </Suspense>
      )}
    </div>
  )
}
