import { useState } from 'react'
import type { CallAs, TrialCall } from '../../api/trial.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Tabs, TabsContent, TabsList, TabsTrigger } from '../../components/ui/tabs.tsx'
import { trial as text } from '../../text/api-docs.ts'
import { type Language, snippet } from './snippets.ts'

const LANGUAGES = Object.keys(text.languages) as readonly Language[]

/** The call as code to take along. */
export const Snippets = ({ call, as }: { readonly call: TrialCall; readonly as: CallAs }) => {
  const [language, setLanguage] = useState<Language>('curl')
  const code = snippet(language, location.origin, call, as)
  return (
    <Card
      title={text.code}
      description={text.codeNote}
      actions={<CopyButton text={code} label={text.copy(text.languages[language])} />}
    >
      <Tabs value={language} onValueChange={(next) => setLanguage(next as Language)} className="min-w-0 gap-3">
        <TabsList>
          {LANGUAGES.map((one) => (
            <TabsTrigger key={one} value={one}>
              {text.languages[one]}
            </TabsTrigger>
          ))}
        </TabsList>
        <TabsContent value={language} className="min-w-0">
          <pre className="whitespace-pre-wrap break-all rounded-md bg-muted px-3.5 py-3 font-mono text-xs leading-relaxed">
            {code}
          </pre>
        </TabsContent>
      </Tabs>
    </Card>
  )
}
