/** Around the pages that are seen before anyone has signed in. */
import { type ReactNode, useEffect } from 'react'
import { ThemeMenu } from '../components/theme-menu.tsx'
import { app } from '../text/app.ts'

export interface EntryFrameProps {
  readonly title: string
  readonly about: string
  readonly children: ReactNode
}

export const EntryFrame = ({ title, about, children }: EntryFrameProps) => {
  useEffect(() => {
    document.title = `${title} · ${app.title}`
  }, [title])
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr] bg-background">
      <header className="flex items-center justify-between p-4">
        <span className="flex items-center gap-2 font-semibold text-[0.9375rem]">
          <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" className="size-6" />
          {app.name}
        </span>
        <ThemeMenu />
      </header>
      <main className="grid content-start justify-items-center px-4 pt-[6dvh] pb-10">
        <div className="grid w-full max-w-sm gap-5 rounded-xl border bg-surface p-6 shadow-sm">
          <div className="grid gap-1">
            <h1 className="font-semibold text-lg tracking-tight">{title}</h1>
            <p className="text-muted-foreground">{about}</p>
          </div>
          {children}
        </div>
      </main>
    </div>
  )
}
