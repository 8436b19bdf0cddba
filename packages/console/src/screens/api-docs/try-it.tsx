/** A call, filled in and sent: with one's own session, as a role, or with an app's key. */
import { useMutation } from '@tanstack/react-query'
import { Send } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { ApiDocument, Operation } from '../../api/docs.ts'
import { tryCall } from '../../api/trial.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { trial as text } from '../../text/api-docs.ts'
import { AnswerView } from './answer-view.tsx'
import { BodyField, type BodyValue, firstBody } from './body-field.tsx'
import { callOf } from './call.ts'
import { CallerChoice, useCaller } from './caller-choice.tsx'
import { ParameterFields } from './parameter-fields.tsx'
import { Snippets } from './snippets-view.tsx'

interface TryItProps {
  readonly document: ApiDocument
  readonly operation: Operation
  readonly role: string | undefined
}

export const TryIt = ({ document, operation, role }: TryItProps) => {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [body, setBody] = useState<BodyValue | undefined>(() => firstBody(document, operation))
  const [incomplete, setIncomplete] = useState(false)
  const caller = useCaller(role)
  const leaving = useRef(new AbortController())
  // Nobody waits for the answer any more.
  useEffect(() => () => leaving.current.abort(), [])

  const sent = body?.file ?? (body?.text === '' ? undefined : body?.text)
  const { call, missing } = callOf(document, operation, { values, contentType: body?.type, body: sent })
  const attempt = useMutation({
    mutationFn: async () => {
      leaving.current = new AbortController()
      return tryCall(call, await caller.credentials(), leaving.current.signal)
    },
  })
  const send = () => {
    setIncomplete(missing !== undefined)
    if (missing === undefined) attempt.mutate()
  }
  const failure = leaving.current.signal.aborted ? undefined : attempt.error
  return (
    <div className="grid min-w-0 gap-4">
      <Card>
        <form
          noValidate
          className="grid min-w-0 gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            send()
          }}
        >
          <CallerChoice caller={caller} />
          <ParameterFields
            document={document}
            operation={operation}
            values={values}
            missing={incomplete ? missing : undefined}
            onChange={setValues}
          />
          {body && <BodyField document={document} operation={operation} value={body} onChange={setBody} />}
          <div className="flex flex-wrap items-center gap-2">
            <code className="min-w-0 flex-1 basis-60 break-all rounded-md bg-muted px-3 py-2 font-mono text-xs">
              {call.address}
            </code>
            <CopyButton text={`${location.origin}${call.address}`} />
            {attempt.isPending && (
              <Button variant="outline" onClick={() => leaving.current.abort()}>
                {text.stop}
              </Button>
            )}
            <Button
              type="submit"
              variant={operation.method === 'DELETE' ? 'danger' : 'primary'}
              disabled={attempt.isPending}
            >
              <Send />
              {attempt.isPending ? text.sending : text.send(operation.method)}
            </Button>
          </div>
        </form>
      </Card>
      <ErrorNotice error={failure} />
      {attempt.data && !attempt.isPending && <AnswerView answer={attempt.data} />}
      <Snippets call={call} as={caller.shown} />
    </div>
  )
}
