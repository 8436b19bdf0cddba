/** One operation: what it takes and answers, and a place to try it. */
import type { Answer, ApiDocument, Content, Operation } from '../../api/docs.ts'
import { resolved } from '../../api/docs.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Tabs, TabsContent, TabsList, TabsTrigger } from '../../components/ui/tabs.tsx'
import { apiDocs as text } from '../../text/api-docs.ts'
import { bodyOf, parameterKey, parametersOf } from './call.ts'
import { MethodBadge } from './method-badge.tsx'
import { typeText } from './schema-shape.ts'
import { SchemaNotes, SchemaView } from './schema-view.tsx'
import { TryIt } from './try-it.tsx'

interface OperationViewProps {
  readonly document: ApiDocument
  readonly operation: Operation
  /** The role that the documentation is read as. */
  readonly role: string | undefined
}

export const OperationView = (props: OperationViewProps) => {
  const { method, path, summary, description } = props.operation
  return (
    <div className="grid min-w-0 content-start gap-4">
      <header className="grid gap-1.5">
        <h2 className="font-semibold text-base">{summary ?? path}</h2>
        <p className="flex items-baseline gap-1">
          <MethodBadge method={method} className="w-auto pr-1" />
          <code className="break-all font-mono text-[0.8125rem]">{path}</code>
        </p>
        {description && <p className="max-w-3xl text-muted-foreground">{description}</p>}
      </header>
      <Tabs defaultValue="reference">
        <TabsList>
          <TabsTrigger value="reference">{text.reference}</TabsTrigger>
          <TabsTrigger value="try">{text.tryIt}</TabsTrigger>
        </TabsList>
        <TabsContent value="reference" className="grid min-w-0 gap-4">
          <Parameters {...props} />
          <Body {...props} />
          <Answers {...props} />
        </TabsContent>
        <TabsContent value="try" className="min-w-0">
          <TryIt {...props} />
        </TabsContent>
      </Tabs>
    </div>
  )
}

const Parameters = ({ document, operation }: OperationViewProps) => {
  const parameters = parametersOf(document, operation)
  if (parameters.length === 0) return null
  return (
    <Card title={text.parameters}>
      <dl className="grid gap-3">
        {parameters.map((parameter) => (
          <div key={parameterKey(parameter)} className="grid gap-x-4 gap-y-1 sm:grid-cols-[13rem_minmax(0,1fr)]">
            <dt className="flex flex-wrap content-start items-baseline gap-x-2 gap-y-1">
              <code className="break-all font-medium font-mono text-xs">{parameter.name}</code>
              <span className="text-muted-foreground text-xs">{text.places[parameter.in] ?? parameter.in}</span>
              {parameter.required && <Badge tone="warning">{text.required}</Badge>}
            </dt>
            <dd className="grid content-start gap-0.5">
              <code className="font-mono text-muted-foreground text-xs">{typeText(parameter.schema ?? {})}</code>
              {parameter.description && <p className="max-w-2xl text-xs leading-relaxed">{parameter.description}</p>}
              {parameter.schema && <SchemaNotes schema={parameter.schema} />}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

const Contents = ({ document, content = {} }: { readonly document: ApiDocument; readonly content?: Content }) => {
  // The same structure in several formats is told once.
  const told = Map.groupBy(Object.entries(content), ([, { schema }]) => JSON.stringify(schema ?? {}))
  if (told.size === 0) return <p className="text-muted-foreground text-xs">{text.noBody}</p>
  return (
    <div className="grid gap-4">
      {[...told].map(([key, same]) => (
        <div key={key} className="grid gap-1.5">
          <p className="flex flex-wrap gap-1.5">
            {same.map(([type]) => (
              <Badge key={type}>{type}</Badge>
            ))}
          </p>
          <SchemaView document={document} schema={same[0]![1].schema ?? {}} />
        </div>
      ))}
    </div>
  )
}

const Body = ({ document, operation }: OperationViewProps) => {
  const body = bodyOf(document, operation)
  if (!body?.content) return null
  return (
    <Card title={text.body} description={body.required ? undefined : text.bodyOptional}>
      <Contents document={document} content={body.content} />
    </Card>
  )
}

const toneOf = (status: string) => {
  if (status.startsWith('2')) return 'success' as const
  return /^[45]/.test(status) ? ('danger' as const) : ('neutral' as const)
}

const Answers = ({ document, operation: { responses = {} } }: OperationViewProps) => (
  <Card title={text.answers}>
    <div className="grid divide-y">
      {Object.entries(responses).map(([status, given], at) => {
        const { description, content, headers = {} } = resolved<Answer>(document, given)
        return (
          <details key={status} className="group py-2" open={at === 0}>
            <summary className="flex items-baseline gap-2.5 rounded">
              <Badge tone={toneOf(status)} className="font-mono">
                {status}
              </Badge>
              <span>{description}</span>
            </summary>
            <div className="grid gap-3 py-3 sm:pl-4">
              <Contents document={document} {...(content && { content })} />
              {Object.keys(headers).length > 0 && (
                <dl className="grid gap-1 text-xs">
                  <dt className="font-medium">{text.headers}</dt>
                  {Object.entries(headers).map(([name, header]) => (
                    <dd key={name}>
                      <code className="font-mono">{name}</code>{' '}
                      <span className="text-muted-foreground">{header.description}</span>
                    </dd>
                  ))}
                </dl>
              )}
            </div>
          </details>
        )
      })}
    </div>
  </Card>
)
