/** Words that all lists and editors of records share. */
export const resources = {
  new: (one: string) => `New ${one}`,
  edit: (one: string, name: string) => `${one} ${name}`,
  created: (name: string) => `${name} was created.`,
  saved: (name: string) => `${name} was saved.`,
  deleted: (name: string) => `${name} was deleted.`,
  switched: (name: string, on: boolean) => (on ? `${name} is active.` : `${name} is inactive.`),
  deleteQuestion: (one: string, name: string) => `Delete the ${one} ${name}?`,
  deleteText: 'This can not be undone.',
  active: 'Active',
  inactive: 'Inactive',
  makeActive: (name: string) => `${name} is active`,
  failedToRead: (many: string) => `${many} could not be read.`,
  missing: (one: string) => `There is no such ${one}. It may have been deleted.`,
  readOnly: 'This is defined elsewhere, and can only be looked at here.',
} as const
