import { Link } from '@tanstack/react-router'
import { BookOpen, CircleUser, LogOut, Menu, Search, UserPen } from 'lucide-react'
import { useSession, useSignOut } from '../api/session.ts'
import { ThemeMenu } from '../components/theme-menu.tsx'
import { Button } from '../components/ui/button.tsx'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../components/ui/dropdown-menu.tsx'
import { app } from '../text/app.ts'

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

export const TopBar = ({ onMenu, onSearch }: { readonly onMenu: () => void; readonly onSearch: () => void }) => (
  <header className="sticky top-0 z-20 flex h-13 items-center gap-2 border-b bg-background px-3 sm:px-5">
    <Button variant="ghost" size="icon" className="lg:hidden" aria-label={app.menu} onClick={onMenu}>
      <Menu />
    </Button>
    <button
      type="button"
      className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md border border-input bg-surface px-2.5 text-muted-foreground shadow-xs hover:bg-hover max-sm:h-10 sm:max-w-sm"
      onClick={onSearch}
      aria-keyshortcuts="Control+K Meta+K"
    >
      <Search aria-hidden className="size-4 shrink-0" />
      <span className="truncate">{app.search.placeholder}</span>
      <kbd className="ml-auto rounded border bg-muted px-1.5 font-sans text-[0.6875rem] max-sm:hidden">
        {isMac ? '⌘' : 'Ctrl'} K
      </kbd>
    </button>
    <div className="ml-auto flex items-center gap-1">
      <ThemeMenu />
      <AccountMenu />
    </div>
  </header>
)

const AccountMenu = () => {
  const { data: session } = useSession()
  const signOut = useSignOut()
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={app.account.label}>
          <CircleUser />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuLabel>
          <span className="block font-medium text-foreground text-sm">{session?.name}</span>
          {session?.email}
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link to="/profile">
            <UserPen />
            {app.account.profile}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link to="/api-docs">
            <BookOpen />
            {app.account.docs}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => signOut.mutate()}>
          <LogOut />
          {app.account.signOut}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
