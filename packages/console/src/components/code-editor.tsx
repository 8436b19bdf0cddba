/** An editor for scripts and documents. CodeMirror is fetched when the first one is shown. */
import { lazy, Suspense } from 'react'
import type { ControlProps } from './field.tsx'
import { Skeleton } from './ui/skeleton.tsx'

export type CodeLanguage = 'javascript' | 'python' | 'php' | 'json' | 'html' | 'text'

export interface CodeEditorProps extends Partial<ControlProps> {
  readonly value: string
  readonly onChange?: (text: string) => void
  readonly language: CodeLanguage
  readonly readOnly?: boolean
  /** For readers: the `labelId` of the `<Field group>` around it … */
  readonly labelledBy?: string
  /** … or its name, where there is none. */
  readonly label?: string
  /** CSS lengths. */
  readonly minHeight?: string
  readonly maxHeight?: string
}

const View = lazy(() => import('./code-editor-view.tsx'))

export const CodeEditor = (props: CodeEditorProps) => (
  <Suspense fallback={<Skeleton className="h-40" />}>
    <View {...props} />
  </Suspense>
)
