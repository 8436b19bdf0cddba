import type { ResourceText } from '../components/resource-page/describe.ts'

export const lookups = {
  many: 'Lookups',
  one: 'lookup',
  about: 'Values with names. Filters of roles and configurations of services can stand on them: {name}.',
  empty: {
    title: 'No lookups yet',
    text: 'Keep a value in one place (a host, a region, a key) and name it wherever it is needed.',
  },
  fields: { name: 'Name', value: 'Value', private: 'Private', description: 'Description' },
  help: {
    name: 'Letters, digits, - and _. Written {name} where it is used.',
    private: 'Encrypted, and never shown again.',
  },
} as const satisfies ResourceText & Record<string, unknown>
