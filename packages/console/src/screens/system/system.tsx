/** One node: what it runs on, and what its services keep. */

import { useActivity } from '../../api/operations.ts'
import { useEnvironment } from '../../api/session.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Facts } from '../../components/facts.tsx'
import { Page } from '../../components/page.tsx'
import { bytes, duration, percent } from '../../components/quantities.ts'
import { Card } from '../../components/ui/card.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { app } from '../../text/app.ts'
import { system as text } from '../../text/operations.ts'
import { Caches } from './caches.tsx'

export const Screen = () => (
  <Page title={app.pages.system} description={text.about}>
    <Node />
    <Caches />
  </Page>
)

const Node = () => {
  const { data, error, refetch } = useActivity(1)
  if (error && !data) return <ErrorNotice error={error} title={text.failed} onRetry={() => void refetch()} />
  if (!data) return <Skeleton className="h-52" />
  const { id, version, node_version: runtime, uptime_seconds: uptime, memory } = data.node
  return (
    <div className="grid gap-5 md:grid-cols-2 xl:grid-cols-3">
      <Card title={text.node.title}>
        <Facts
          facts={[
            [text.node.id, id],
            [text.node.version, version],
            [text.node.runtime, runtime],
            [text.node.uptime, duration(uptime)],
          ]}
        />
      </Card>
      <Card title={text.memory.title}>
        <Facts
          facts={[
            [text.memory.rss, bytes(memory.rss)],
            [text.memory.heap, bytes(memory.heap_used)],
          ]}
        />
        <div aria-hidden className="mt-4 h-2 overflow-hidden rounded-full bg-muted">
          <div
            className="h-full rounded-full bg-primary"
            style={{ width: `${(100 * memory.heap_used) / memory.rss}%` }}
          />
        </div>
        <p className="mt-1 text-muted-foreground text-xs">
          {text.memory.share(percent(memory.heap_used / memory.rss))}.
        </p>
      </Card>
      <Environment />
    </div>
  )
}

const Environment = () => {
  const { data, error, refetch } = useEnvironment()
  const { environment: words } = text
  if (error) return <ErrorNotice error={error} title={text.failed} onRetry={() => void refetch()} />
  if (!data) return <Skeleton className="h-52" />
  const { authentication: signing, server } = data
  const host: readonly (readonly [string, string])[] = server
    ? [
        [text.node.host, server.host],
        [text.node.os, [server.server_os, server.machine].filter(Boolean).join(' · ')],
      ]
    : []
  return (
    <Card title={words.title} className="md:col-span-2 xl:col-span-1">
      <Facts
        facts={[
          ...host,
          [words.login, words.logins[signing.login_attribute]],
          [words.registration, signing.allow_open_registration ? words.open : words.closed],
          [words.forever, signing.allow_forever_sessions ? words.allowed : words.refused],
          [words.providers, signing.oauth.map(({ label }) => label).join(', ') || app.none],
        ]}
      />
    </Card>
  )
}
