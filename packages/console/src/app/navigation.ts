/** Where the sidebar and the search lead: one list for both. */
import {
  Activity,
  AppWindow,
  BookOpen,
  Box,
  Code,
  Database,
  FileClock,
  FolderOpen,
  Gauge,
  GitBranch,
  Globe,
  KeyRound,
  Layers,
  LayoutDashboard,
  type LucideIcon,
  Mail,
  MailCheck,
  Network,
  Plug,
  ScrollText,
  Server,
  ShieldCheck,
  SquareFunction,
  Table2,
  Tags,
  UserCog,
  Users,
} from 'lucide-react'
import { app } from '../text/app.ts'

export interface NavigationItem {
  readonly label: string
  readonly to: string
  readonly icon: LucideIcon
}
export interface NavigationSection {
  readonly label: string
  readonly items: readonly NavigationItem[]
}

const { pages, sections } = app

export const HOME: NavigationItem = { label: pages.dashboard, to: '/', icon: LayoutDashboard }
export const SERVICES: NavigationItem = { label: pages.services, to: '/services', icon: Layers }

export const SECTIONS: readonly NavigationSection[] = [
  {
    label: sections.explore,
    items: [
      { label: pages.data, to: '/data', icon: Table2 },
      { label: pages.files, to: '/files', icon: FolderOpen },
      { label: pages.apiDocs, to: '/api-docs', icon: BookOpen },
    ],
  },
  {
    label: sections.access,
    items: [
      { label: pages.roles, to: '/roles', icon: ShieldCheck },
      { label: pages.apps, to: '/apps', icon: AppWindow },
      { label: pages.users, to: '/users', icon: Users },
      { label: pages.admins, to: '/admins', icon: UserCog },
      { label: pages.limits, to: '/limits', icon: Gauge },
      { label: pages.cors, to: '/cors', icon: Network },
    ],
  },
  {
    label: sections.automation,
    items: [
      { label: pages.eventScripts, to: '/event-scripts', icon: SquareFunction },
      { label: pages.emailTemplates, to: '/email-templates', icon: MailCheck },
      { label: pages.lookups, to: '/lookups', icon: Tags },
    ],
  },
  {
    label: sections.operations,
    items: [
      { label: pages.audit, to: '/audit', icon: FileClock },
      { label: pages.logs, to: '/logs', icon: ScrollText },
      { label: pages.connectors, to: '/connectors', icon: Plug },
      { label: pages.system, to: '/system', icon: Server },
    ],
  },
]

/** By the group that service types name; any other gets a box. */
const GROUP_ICONS: Readonly<Record<string, LucideIcon>> = {
  Database,
  File: FolderOpen,
  'Remote Service': Globe,
  Script: Code,
  Email: Mail,
  'Source Control': GitBranch,
  OAuth: KeyRound,
  Cache: Activity,
}
export const groupIcon = (group: string): LucideIcon => GROUP_ICONS[group] ?? Box
export const groupLabel = (group: string): string => app.groups[group] ?? group

/** The order of groups; those that nobody knows yet come last, by name. */
const GROUP_ORDER = ['Database', 'File', 'Remote Service', 'Script', 'Email', 'Source Control']
export const byGroup = (one: string, other: string): number => {
  const [a, b] = [GROUP_ORDER.indexOf(one), GROUP_ORDER.indexOf(other)]
  if (a !== b) return (a < 0 ? GROUP_ORDER.length : a) - (b < 0 ? GROUP_ORDER.length : b)
  return one.localeCompare(other)
}
/** Groups of the gateway's own services: there is nothing to make in them. */
export const OWN_GROUPS: ReadonlySet<string> = new Set(['System', 'User', 'API Doc'])
