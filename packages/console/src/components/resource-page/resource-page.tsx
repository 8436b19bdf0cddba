/** List and editor of a collection from one description. A screen is `() => <ResourcePage of={roles} />` for both paths. */
import { useParams } from '@tanstack/react-router'
import type { ResourceDescription } from './describe.ts'
import { ResourceEditor } from './resource-editor.tsx'
import { ResourceList } from './resource-list.tsx'

export const ResourcePage = <Row,>({ of }: { readonly of: ResourceDescription<Row> }) => {
  const { id } = useParams({ strict: false }) as { readonly id?: string }
  return id === undefined ? <ResourceList of={of} /> : <ResourceEditor of={of} />
}
