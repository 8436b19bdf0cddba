/** Words of the screens that say who may do what. */
import type { ResourceText } from '../components/resource-page/describe.ts'

type Words = ResourceText & Record<string, unknown>

const name = 'Name'
const description = 'Description'

export const roles = {
  many: 'Roles',
  one: 'role',
  about: 'What callers may do: services, the parts of them, verbs, and which rows and fields.',
  empty: {
    title: 'No roles yet',
    text: 'Make one, say what it may do, and give it to an app or a user. Without a role nothing is allowed.',
  },
  fields: { name, description, accesses: 'Rules', access: 'Access' },
  accessHelp: 'What no rule allows is refused. Of several rules for one path, the most exact one counts.',
  loses: (count: number, what: string) => `${count} ${what}${count === 1 ? ' loses its role' : 's lose their role'}`,
  app: 'app',
  user: 'user',
  sees: 'What may this role see?',
  seesNothing: 'It is not active: it may nothing.',
  add: 'Add a rule',
  remove: 'Remove this rule',
  rule: (number: number) => `Rule ${number}`,
  service: 'Service',
  anyService: 'All services',
  component: 'Path',
  componentHelp: 'For example _table/customers, _table/*, or * for everything.',
  verbs: 'Verbs',
  requestor: 'Asked by',
  api: 'API calls',
  script: 'Scripts',
  filters: 'Rows',
  filtersHelp:
    'Only rows for which this holds are seen and changed. {user.id} and other lookups stand for the caller’s own values.',
  addFilter: 'Add a condition on rows',
  removeFilter: 'Remove this condition',
  field: 'Field',
  operator: 'Comparison',
  value: 'Value',
  every: 'All of them hold',
  some: 'At least one holds',
  joined: 'Conditions',
  deny: 'Hidden fields',
  denyHelp: 'Names, separated by commas. They are in no answer, filter, order, description or error of this role.',
} as const satisfies Words

export const apps = {
  many: 'Apps',
  one: 'app',
  about: 'Programs that call your APIs. Each has a key, and a role for whoever calls with it.',
  empty: {
    title: 'No apps yet',
    text: 'An app gives a program an API key. Make a role first that says what it may do.',
  },
  fields: { name, description, role: 'Role', key: 'API key' },
  noRole: 'None: users bring their own',
  key: {
    title: 'API key',
    text: 'Sent by the app as the header X-DreamFactory-API-Key. Whoever has it has the rights of the app’s role.',
    show: 'Show',
    hide: 'Hide',
    regenerate: 'New key',
    ask: 'Make a new key?',
    goes: ['Everything that still uses the old key is refused at once'],
    made: 'There is a new key.',
  },
  loses: (users: number) => `${users} user${users === 1 ? ' loses the role' : 's lose the roles'} that they have in it`,
  keyGone: 'Whoever calls with its key is refused at once',
} as const satisfies Words

const person = {
  name: 'Display name',
  email: 'Email address',
  first: 'First name',
  last: 'Last name',
  password: 'Password',
  seen: 'Last signed in',
  phone: 'Phone',
}
const passwordHelp = {
  fresh: 'At least 16 characters, or leave it empty and invite them by mail.',
  change: 'Left empty, it stays as it is.',
}

export const users = {
  many: 'Users',
  one: 'user',
  about: 'People who sign in to your apps. What they may do is said by their role in each app.',
  empty: { title: 'No users yet', text: 'Apps with users of their own let each one see what is theirs.' },
  fields: { ...person, roles: 'Roles' },
  passwordHelp,
  inApp: 'App',
  asRole: 'Role',
  addRole: 'Add a role in an app',
  removeRole: 'Remove this role',
  rolesHelp: 'In an app that is not listed, a user has the app’s own role.',
} as const satisfies Words

export const admins = {
  many: 'Admins',
  one: 'admin',
  about: 'People who look after this gateway. They may do everything.',
  empty: { title: 'No admins', text: 'This can not be: somebody is signed in.' },
  fields: person,
  passwordHelp,
  invite: {
    title: 'Invitation',
    text: 'Sends a message with a code to set a password by. The user service says which mail service sends it.',
    send: 'Send an invitation',
    sent: 'The invitation is on its way.',
  },
} as const satisfies Words

export const limits = {
  many: 'Limits',
  one: 'limit',
  about: 'How often something may be called in a while. Whoever calls more often is told when to come back.',
  empty: {
    title: 'No limits yet',
    text: 'A limit keeps one caller from taking everything: so many calls in a minute, an hour, a day.',
  },
  fields: {
    name,
    description,
    type: 'What is counted',
    rate: 'Calls',
    period: 'In each',
    service: 'Service',
    role: 'Role',
    user: 'User',
    endpoint: 'Path',
    verb: 'Only this verb',
  },
  anyVerb: 'All verbs',
  types: {
    instance: 'Everything',
    'instance.user': 'One user',
    'instance.each_user': 'Each user apart',
    'instance.user.service': 'One user, one service',
    'instance.each_user.service': 'Each user apart, one service',
    'instance.service': 'One service',
    'instance.role': 'One role',
    'instance.service.endpoint': 'One path of a service',
    'instance.user.service.endpoint': 'One user, one path of a service',
    'instance.each_user.service.endpoint': 'Each user apart, one path of a service',
  } as Readonly<Record<string, string>>,
  endpointHelp: 'Of the service, for example _table/customers; it may end in *.',
  now: {
    title: 'Now',
    text: 'Counted since the period began.',
    key: 'Of whom',
    attempts: 'Calls',
    remaining: 'Left',
    reset: 'Begin again',
    done: 'The counter was set back.',
    none: 'Nobody has called in this period.',
  },
} as const satisfies Words

export const cors = {
  many: 'CORS',
  one: 'rule',
  about: 'Which web pages may call the gateway from a browser. Pages of its own origin always may.',
  empty: {
    title: 'No rules yet',
    text: 'Browsers keep pages of other origins from calling, until a rule here lets them.',
  },
  fields: {
    path: 'Path',
    description,
    origin: 'Origins',
    method: 'Verbs',
    header: 'Request headers',
    exposed: 'Readable headers',
    age: 'Remembered for (seconds)',
    credentials: 'With credentials',
  },
  help: {
    path: 'Below the API, for example * or api/v2/shop/*.',
    origin: 'https://app.example.com, several by commas, or * for any.',
    header: 'Names by commas, or * for any.',
    exposed: 'Headers of answers that pages may read.',
    credentials: 'Lets pages send cookies. Origins have to be named then.',
  },
} as const satisfies Words
