/** A picture of the tables and what they have to do with each other. */
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { schemasOptions, useTables } from '../../../api/records.ts'
import { ErrorNotice } from '../../../components/error-notice.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import { schemaText } from '../../../text/data.ts'

/** More than these no one can look at. */
const MOST = 80
const Diagram = lazy(async () => ({ default: (await import('./diagram.tsx')).Diagram }))

export const Picture = ({ service }: { readonly service: string }) => {
  const { data: tables, error: unlisted } = useTables(service)
  const drawn = (tables ?? []).filter(({ is_view }) => !is_view).slice(0, MOST)
  const { data: schemas, error } = useQuery(
    schemasOptions(
      service,
      drawn.map(({ name }) => name),
    ),
  )
  return (
    <div className="grid gap-2">
      <ErrorNotice error={unlisted ?? error} />
      {(tables?.length ?? 0) > MOST && (
        <p className="text-muted-foreground text-xs">{schemaText.picture.tooMany(MOST)}</p>
      )}
      {!schemas && !error && drawn.length > 0 && <Skeleton className="h-96" />}
      {schemas && (
        <Suspense fallback={<Skeleton className="h-96" />}>
          <Diagram service={service} schemas={schemas} />
        </Suspense>
      )}
    </div>
  )
}
