/** The frame around every screen: sidebar, top bar, search, and who is allowed in. */
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Toaster } from 'sonner'
import { refreshSession, useSession } from '../api/session.ts'
import { useIsDark } from '../components/theme.ts'
import { Dialog, SheetContent } from '../components/ui/dialog.tsx'
import { app } from '../text/app.ts'
import { AwayBanner } from './away-banner.tsx'
import { Sidebar } from './sidebar.tsx'
import { TopBar } from './top-bar.tsx'

const SignInAgain = lazy(() => import('../screens/sign-in/sign-in-again.tsx'))
const CommandPalette = lazy(() => import('./command-palette.tsx'))

/** A session is good for a day; an open console renews its own in time. */
const RENEW_EVERY = 6 * 60 * 60_000

export const Layout = () => {
  const { data: session } = useSession()
  const navigate = useNavigate()
  const isSignedIn = Boolean(session && !session.ended)
  useEffect(() => {
    if (!isSignedIn) return
    const timer = setInterval(() => void refreshSession().catch(() => undefined), RENEW_EVERY)
    return () => clearInterval(timer)
  }, [isSignedIn])
  // Nobody comes here without a session (see the router); who signs out is led away.
  useEffect(() => {
    if (session === null) void navigate({ to: '/sign-in', search: {}, replace: true })
  }, [session, navigate])
  if (!session) return null
  return (
    <>
      <Frame />
      {session.ended && (
        <Suspense fallback={<div className="fixed inset-0 z-60 bg-background" />}>
          <SignInAgain session={session} />
        </Suspense>
      )}
    </>
  )
}

const Frame = () => {
  const [isMenu, setMenu] = useState(false)
  const [isSearch, setSearch] = useState(false)
  const isDark = useIsDark()
  const pathname = useRouterState({ select: ({ location }) => location.pathname })
  useSearchKey(() => setSearch(true))
  // A new page begins at its top, for readers as for eyes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the page changes
  useEffect(() => {
    document.getElementById('content')?.scrollTo({ top: 0 })
  }, [pathname])
  return (
    <div className="grid h-full lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only rounded-md bg-primary px-3 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        {app.skip}
      </a>
      <aside className="h-dvh border-r bg-sidebar max-lg:hidden">
        <Sidebar />
      </aside>
      <Dialog open={isMenu} onOpenChange={setMenu}>
        <SheetContent title={app.menu}>
          <Sidebar onLeave={() => setMenu(false)} />
        </SheetContent>
      </Dialog>
      <div className="flex h-dvh min-w-0 flex-col">
        <AwayBanner />
        <TopBar onMenu={() => setMenu(true)} onSearch={() => setSearch(true)} />
        <main id="content" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
          <Outlet />
        </main>
      </div>
      {isSearch && (
        <Suspense fallback={null}>
          <CommandPalette onClose={() => setSearch(false)} />
        </Suspense>
      )}
      <Toaster
        position="bottom-right"
        theme={isDark ? 'dark' : 'light'}
        closeButton
        style={{ fontFamily: 'inherit' }}
      />
    </div>
  )
}

const useSearchKey = (open: () => void): void => {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      open()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  })
}
