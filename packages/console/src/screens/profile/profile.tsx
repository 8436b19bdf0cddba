/** One's own name, address, password and session. */
import { LogOut } from 'lucide-react'
import { useProfile } from '../../api/profile.ts'
import { useSession, useSignOut } from '../../api/session.ts'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Page } from '../../components/page.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { profile as text } from '../../text/profile.ts'
import { AboutForm } from './about-form.tsx'
import { PasswordForm } from './password-form.tsx'

export const Screen = () => {
  const { data, error, refetch } = useProfile()
  return (
    <Page title={text.title} width="form">
      <ErrorNotice title={text.failed} error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton className="h-64" />}
      {/* What was saved is what the form begins with again. */}
      {data && <AboutForm key={JSON.stringify(data)} profile={data} />}
      <PasswordForm />
      <SessionCard />
    </Page>
  )
}

const SessionCard = () => {
  const { data: session } = useSession()
  const signOut = useSignOut()
  return (
    <Card
      title={text.session.title}
      description={text.session.plain}
      footer={
        <Button variant="outline" disabled={signOut.isPending} onClick={() => signOut.mutate()}>
          <LogOut />
          {text.session.signOut}
        </Button>
      }
    >
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{session?.name}</span>
        <span className="break-all text-muted-foreground">{session?.email}</span>
        <Badge tone="primary">{session?.is_root_admin ? text.session.root : text.session.admin}</Badge>
      </p>
    </Card>
  )
}
