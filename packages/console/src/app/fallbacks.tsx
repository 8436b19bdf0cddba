/** What shows where there is no page, or where one failed. */
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { ApiError } from '../api/client.ts'
import { EmptyState } from '../components/empty-state.tsx'
import { ErrorNotice } from '../components/error-notice.tsx'
import { Page } from '../components/page.tsx'
import { Button } from '../components/ui/button.tsx'
import { app } from '../text/app.ts'

export const NotFound = () => (
  <Page title={app.notFound.title}>
    <EmptyState
      icon={Compass}
      title={app.notFound.title}
      text={app.notFound.text}
      action={
        <Button asChild>
          <Link to="/">{app.notFound.home}</Link>
        </Button>
      }
    />
  </Page>
)

export const Crashed = ({ error, reset }: ErrorComponentProps) => {
  const router = useRouter()
  return (
    // A gateway that refuses or is gone is no fault of the page.
    <Page title={app.crashed.title} {...(!(error instanceof ApiError) && { description: app.crashed.text })}>
      <ErrorNotice
        error={error}
        onRetry={() => {
          reset()
          void router.invalidate()
        }}
      />
    </Page>
  )
}
