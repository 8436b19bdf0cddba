/** How the message reads, as it is being written. */
import { useEffect, useState } from 'react'
import { type TemplateToPreview, useTemplatePreview } from '../../api/automation.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Preformatted } from '../../components/preformatted.tsx'
import type { Values } from '../../components/schema-form/schema.ts'
import type { CustomControlProps } from '../../components/schema-form/surroundings.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { emailTemplates } from '../../text/automation.ts'

const { preview: text } = emailTemplates

/** After the last key, in milliseconds. */
const PAUSE = 400

const templateIn = (values: Values): TemplateToPreview => ({
  subject: (values.subject as string | undefined) || null,
  body_text: (values.body_text as string | undefined) || null,
  body_html: (values.body_html as string | undefined) || null,
  defaults: (values.defaults as TemplateToPreview['defaults'] | undefined) ?? null,
})

export const Preview = ({ values }: CustomControlProps) => {
  const written = JSON.stringify(templateIn(values))
  const [settled, setSettled] = useState(written)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(written), PAUSE)
    return () => clearTimeout(timer)
  }, [written])
  const { data, error } = useTemplatePreview(JSON.parse(settled) as TemplateToPreview)
  return (
    <section aria-label={text.title} className="grid gap-3 rounded-lg border bg-background p-4">
      <div className="grid gap-0.5">
        <h3 className="font-semibold">{text.title}</h3>
        <p className="text-muted-foreground text-xs">{text.about}</p>
      </div>
      <ErrorNotice error={error} title={text.failed} />
      {data && !data.subject && !data.html && !data.text && <p className="text-muted-foreground">{text.none}</p>}
      {data?.subject && <p className="break-words font-medium">{data.subject}</p>}
      {data?.html && (
        // No scripts, no forms, no way out of it: whatever the message has in it.
        <iframe
          title={text.frame}
          sandbox=""
          srcDoc={data.html}
          className="h-64 w-full rounded-md border bg-white [color-scheme:light]"
        />
      )}
      {data?.text && <Preformatted>{data.text}</Preformatted>}
      {data && data.unknown.length > 0 && (
        <p className="flex flex-wrap items-center gap-1.5 text-warning text-xs">
          {text.unknown}
          {data.unknown.map((name) => (
            <Badge key={name} tone="warning">{`{${name}}`}</Badge>
          ))}
        </p>
      )}
    </section>
  )
}
