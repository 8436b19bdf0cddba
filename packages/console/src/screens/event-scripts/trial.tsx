/** One run of the script as it is written, on a sample event. */
import { Play } from 'lucide-react'
import { useState } from 'react'
import { type ScriptOutcome, useScriptTrial } from '../../api/automation.ts'
import { CodeEditor } from '../../components/code-editor.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Field } from '../../components/field.tsx'
import { Preformatted } from '../../components/preformatted.tsx'
import { milliseconds } from '../../components/quantities.ts'
import type { CustomControlProps } from '../../components/schema-form/surroundings.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { eventScripts } from '../../text/automation.ts'

const { trial: text } = eventScripts

const SAMPLE = {
  request: { method: 'GET', uri: '/', parameters: {}, headers: {}, payload: null },
  response: { status_code: 200, content: { resource: [] } },
  resource: '',
}

const parsed = (written: string): unknown => {
  try {
    return JSON.parse(written)
  } catch {
    return undefined
  }
}

export const Trial = ({ values }: CustomControlProps) => {
  const [written, setWritten] = useState(() => JSON.stringify(SAMPLE, null, 2))
  const { mutate, data, error, isPending } = useScriptTrial()
  const event = parsed(written)
  const type = String(values.type ?? '')
  const run = () =>
    mutate({
      type,
      content: String(values.content ?? ''),
      config: (values.config ?? null) as Readonly<Record<string, unknown>> | null,
      event,
    })
  return (
    <section aria-label={text.title} className="grid gap-3 rounded-lg border bg-background p-4">
      <div className="grid gap-0.5">
        <h3 className="font-semibold">{text.title}</h3>
        <p className="text-muted-foreground text-xs">{text.about}</p>
      </div>
      <Field group label={text.event} problems={event === undefined ? text.notJson : []}>
        {(control, labelId) => (
          <CodeEditor
            {...control}
            labelledBy={labelId}
            language="json"
            value={written}
            minHeight="6rem"
            maxHeight="16rem"
            onChange={setWritten}
          />
        )}
      </Field>
      <div className="flex items-center gap-3">
        <Button variant="outline" disabled={isPending || type === '' || event === undefined} onClick={run}>
          <Play />
          {isPending ? text.running : text.run}
        </Button>
        {type === '' && <span className="text-muted-foreground text-xs">{text.incomplete}</span>}
      </div>
      <div aria-live="polite" className="grid gap-3 empty:hidden">
        <ErrorNotice error={error} title={text.failed} />
        {data && !error && <Outcome of={data} />}
      </div>
    </section>
  )
}

const Outcome = ({ of: { ok, output, event, log, error, duration_ms } }: { readonly of: ScriptOutcome }) => (
  <>
    <p className="flex flex-wrap items-center gap-2">
      <Badge tone={ok ? 'success' : 'danger'}>{ok ? text.worked : text.broke}</Badge>
      <span className="text-muted-foreground tabular-nums">{milliseconds(duration_ms)}</span>
    </p>
    {error && (
      <p className="break-words text-danger">
        {error.line !== undefined && <strong>{text.line(error.line)}: </strong>}
        {error.message}
      </p>
    )}
    {log.length > 0 && <Shown title={text.log} value={log.map((line) => `${line.level} ${line.text}`).join('\n')} />}
    {output !== undefined && <Shown title={text.output} value={JSON.stringify(output, null, 2)} />}
    {ok && event !== undefined && (
      <details>
        <summary className="w-fit rounded text-muted-foreground text-xs">{text.left}</summary>
        <Shown title={text.left} value={JSON.stringify(event, null, 2)} />
      </details>
    )}
  </>
)

const Shown = ({ title, value }: { readonly title: string; readonly value: string }) => (
  <div className="grid gap-1">
    <h4 className="font-medium text-xs">{title}</h4>
    <Preformatted>{value}</Preformatted>
  </div>
)
