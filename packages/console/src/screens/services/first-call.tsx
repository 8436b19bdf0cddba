/** A call of a service, sent from here: the first thing to see of it. What can be called is read from its OpenAPI document. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Send } from 'lucide-react'
import { useState } from 'react'
import { callsOptions } from '../../api/calls.ts'
import { addressOf, send } from '../../api/client.ts'
import type { Service } from '../../api/types.ts'
import { CodeEditor } from '../../components/code-editor.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { services as text } from '../../text/services.ts'

export const FirstCall = ({ service }: { readonly service: Service }) => {
  const calls = useQuery({ ...callsOptions(service.name), enabled: service.is_active })
  if (!service.is_active) return <p className="text-muted-foreground">{text.call.inactive}</p>
  if (calls.error)
    return <ErrorNotice error={calls.error} title={text.call.noDocs} onRetry={() => void calls.refetch()} />
  if (!calls.data) return <Skeleton className="h-48" />
  const [first] = calls.data
  if (first === undefined) return <p className="text-muted-foreground">{text.call.none}</p>
  return <Caller key={first.path} service={service} calls={calls.data} first={first.path} />
}

interface Answer {
  readonly status: number
  readonly milliseconds: number
  readonly body: string
  readonly isJson: boolean
}

/** More than this of an answer is cut off: it is a first look. */
const LONGEST = 100_000

const callOnce = async (path: string): Promise<Answer> => {
  const began = performance.now()
  const response = await send(path)
  const text = await response.text()
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '')
  const body = isJson && text.length < LONGEST ? JSON.stringify(JSON.parse(text), null, 2) : text.slice(0, LONGEST)
  return { status: response.status, milliseconds: Math.max(1, Math.round(performance.now() - began)), body, isJson }
}

interface CallerProps {
  readonly service: Service
  readonly calls: readonly { readonly path: string; readonly summary: string }[]
  readonly first: string
}

const Caller = ({ service: { name }, calls, first }: CallerProps) => {
  const [path, setPath] = useState(first)
  const call = useMutation({ mutationFn: () => callOnce(`${name}${path}`) })
  const address = addressOf(`${name}${path}`)
  const curl = `curl -H 'X-DreamFactory-API-Key: <key>' '${location.origin}${address}'`
  return (
    <Card title={text.call.title} description={text.call.about}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          call.mutate()
        }}
      >
        <div className="flex flex-wrap items-stretch gap-2">
          <div className="flex min-w-0 flex-1 items-center rounded-md border border-input bg-surface shadow-xs focus-within:border-ring focus-within:outline-2 focus-within:outline-ring/60">
            <span className="flex shrink-0 items-center gap-2 self-stretch rounded-l-md border-r bg-muted px-2.5 font-mono text-muted-foreground text-xs">
              <b className="text-success">GET</b>
              <span className="max-sm:hidden">{addressOf(name)}</span>
            </span>
            <Input
              className="border-0 font-mono text-[0.8125rem] shadow-none outline-none focus-visible:outline-none"
              aria-label={text.call.path}
              list="calls"
              autoComplete="off"
              spellCheck={false}
              value={path}
              onChange={({ target }) => setPath(target.value)}
            />
            <datalist id="calls">
              {calls.map((one) => (
                <option key={one.path} value={one.path}>
                  {one.summary}
                </option>
              ))}
            </datalist>
          </div>
          <Button type="submit" disabled={call.isPending}>
            <Send />
            {call.isPending ? text.call.sending : text.call.send}
          </Button>
        </div>
        <ul className="flex flex-wrap gap-1.5" aria-label={text.call.suggestions}>
          {calls.slice(0, 5).map((one) => (
            <li key={one.path}>
              <button
                type="button"
                title={one.summary}
                aria-pressed={one.path === path}
                className="rounded-full border px-2.5 py-0.5 font-mono text-muted-foreground text-xs hover:bg-hover hover:text-foreground aria-pressed:border-primary aria-pressed:text-primary max-sm:py-1.5"
                onClick={() => setPath(one.path)}
              >
                {one.path}
              </button>
            </li>
          ))}
        </ul>
      </form>
      <ErrorNotice className="mt-4" error={call.error} />
      {call.data && <Shown answer={call.data} />}
      <div className="mt-5 grid gap-1.5 border-t pt-4">
        <h3 className="font-medium text-[0.8125rem]">{text.call.curl}</h3>
        <div className="flex items-center gap-1 rounded-md bg-muted pl-3">
          <code className="min-w-0 flex-1 break-all py-2 font-mono text-xs">{curl}</code>
          <CopyButton text={curl} label={text.call.copyCurl} />
        </div>
        <p className="text-muted-foreground text-xs">{text.call.next}</p>
      </div>
    </Card>
  )
}

const Shown = ({ answer: { status, milliseconds, body, isJson } }: { readonly answer: Answer }) => (
  <div className="mt-4 grid gap-2" role="status">
    <div className="flex items-center gap-2">
      <h3 className="font-medium text-[0.8125rem]">{text.call.result}</h3>
      <Badge tone={status < 400 ? 'success' : 'danger'}>{text.call.answer(status, milliseconds)}</Badge>
    </div>
    <CodeEditor
      readOnly
      label={text.call.result}
      language={isJson ? 'json' : 'text'}
      value={body}
      minHeight="4rem"
      maxHeight="26rem"
    />
  </div>
)
