import { Monitor, Moon, Sun } from 'lucide-react'
import { app } from '../text/app.ts'
import { setTheme, THEMES, type Theme, useTheme } from './theme.ts'
import { Button } from './ui/button.tsx'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from './ui/dropdown-menu.tsx'

const ICONS = { system: Monitor, light: Sun, dark: Moon } as const

export const ThemeMenu = () => {
  const theme = useTheme()
  const Icon = ICONS[theme]
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={`${app.theme.label}: ${app.theme[theme]}`}>
          <Icon />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuRadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)}>
          {THEMES.map((one) => (
            <DropdownMenuRadioItem key={one} value={one}>
              {app.theme[one]}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
