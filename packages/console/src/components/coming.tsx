/** Holds the place of a screen that is not built yet. */
import { Hammer } from 'lucide-react'
import { app } from '../text/app.ts'
import { EmptyState } from './empty-state.tsx'
import { Page } from './page.tsx'

export const Coming = ({ title }: { readonly title: string }) => (
  <Page title={title}>
    <EmptyState icon={Hammer} {...app.soon} />
  </Page>
)
