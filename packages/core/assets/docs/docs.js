/**
 * The docs page: asks for a key, lists what it may call, shows one service in Swagger UI.
 * The key lives in memory and, for this tab only, in sessionStorage; it is never part of an address.
 */
const api = document.documentElement.dataset.api
const element = (id) => document.getElementById(id)
const ALL = '*'

const STORE = 'gw.docs'
const remembered = () => {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) ?? '{}')
  } catch {
    return {}
  }
}
const remember = (values) => {
  try {
    sessionStorage.setItem(STORE, JSON.stringify({ ...remembered(), ...values }))
  } catch {
    // Storage may be switched off: then a reload asks again.
  }
}

let { key = '', token = '' } = remembered()
/** Counts what was asked for, so that a slow answer to an earlier question is dropped. */
let turn = 0

// ── credentials ──────────────────────────────────────────────────────────────────────────────────────────────

const credentialHeaders = () => ({
  ...(key && { 'X-DreamFactory-API-Key': key }),
  ...(token && { 'X-DreamFactory-Session-Token': token }),
})

/** Adds the credentials to a call of this API, and to nothing else. */
const withCredentials = (request) => {
  const url = new URL(request.url, location.href)
  const ours = url.origin === location.origin && (url.pathname === api || url.pathname.startsWith(`${api}/`))
  if (ours) request.headers = { ...credentialHeaders(), ...request.headers }
  request.credentials = 'omit'
  return request
}

class Refused extends Error {}

const fetchJson = async (path) => {
  let response
  try {
    response = await fetch(`${api}${path}`, {
      headers: { accept: 'application/json', ...credentialHeaders() },
      credentials: 'omit',
      cache: 'no-store',
    })
  } catch {
    throw new Error('The gateway cannot be reached. Check that it is running, then try again.')
  }
  const body = await response.json().catch(() => undefined)
  if (response.ok && body !== undefined) return body
  const message = body?.error?.message ?? `The gateway answered with status ${response.status}.`
  throw [400, 401, 403].includes(response.status) ? new Refused(message) : new Error(message)
}

// ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────

const make = (tag, className, text) => {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text) node.textContent = text
  return node
}

const show = (section) => {
  for (const id of ['state', 'services', 'document']) element(id).hidden = id !== section
}

const showState = (kind, title, text, action) => {
  const box = make('div', `notice ${kind}`)
  box.append(make('h1', '', title), make('p', '', text))
  if (action) {
    const button = make('button', 'primary', action.label)
    button.type = 'button'
    button.addEventListener('click', action.run)
    box.append(button)
  }
  element('state').replaceChildren(box)
  show('state')
}

const showPrompt = () => {
  element('picker').hidden = true
  showState(
    '',
    'Enter your API key',
    'Enter your API key to see what it may call. It stays in this tab and is sent to this gateway only.',
  )
}

const showFailure = (error, retry) =>
  error instanceof Refused
    ? showState(
        'failure',
        'This key was refused',
        `The gateway says: ${error.message} Check the key, or enter another.`,
      )
    : showState('failure', 'That did not work', error.message, { label: 'Try again', run: retry })

const labelOf = (service) => service.label || service.name

const showServices = (services) => {
  if (services.length === 0)
    return showState(
      '',
      'Nothing to call yet',
      'This key is valid, but its role gives no access to any service. An administrator can change that.',
    )
  const cards = services.map((service) => {
    const card = make('button', 'card')
    card.type = 'button'
    card.append(make('strong', '', labelOf(service)), make('code', '', `${api}/${service.name}`))
    if (service.description) card.append(make('p', '', service.description))
    card.addEventListener('click', () => choose(service.name))
    return card
  })
  const heading = make('h1', '', services.length === 1 ? 'One service' : `${services.length} services`)
  const grid = make('div', 'grid')
  grid.append(...cards)
  element('services').replaceChildren(heading, grid)
  show('services')
}

const fillPicker = (services) => {
  const option = (value, text) => {
    const node = make('option', '', text)
    node.value = value
    return node
  }
  const named = services.map((service) =>
    option(service.name, labelOf(service) === service.name ? service.name : `${labelOf(service)} (${service.name})`),
  )
  const all = services.length > 1 ? [option(ALL, 'All services')] : []
  element('service').replaceChildren(option('', 'Choose a service'), ...named, ...all)
  element('picker').hidden = services.length === 0
}

/** One heading an operation: the service's own tag is kept only where there is no other. */
const withOneTag = (spec, service) => {
  for (const item of Object.values(spec.paths ?? {}))
    for (const operation of Object.values(item))
      if (Array.isArray(operation?.tags) && operation.tags.length > 1)
        operation.tags = operation.tags.filter((tag) => tag !== service).slice(0, 1)
  return spec
}

const showDocument = (spec, service) => {
  const target = make('div')
  element('document').replaceChildren(target)
  show('document')
  const operations = Object.values(spec.paths ?? {}).reduce((sum, item) => sum + Object.keys(item).length, 0)
  if (operations === 0) return showState('', 'Nothing to call here', 'This key may call no operation of this service.')
  SwaggerUIBundle({
    domNode: target,
    spec: withOneTag(spec, service),
    presets: [SwaggerUIBundle.presets.apis],
    requestInterceptor: withCredentials,
    validatorUrl: null,
    deepLinking: false,
    persistAuthorization: false,
    displayRequestDuration: true,
    // Large documents open as headings: a hundred tables at once are slow to draw and hard to read.
    docExpansion: operations > 60 ? 'none' : 'list',
    filter: operations > 60,
    defaultModelsExpandDepth: 0,
    tagsSorter: 'alpha',
  })
}

// ── what is done ─────────────────────────────────────────────────────────────────────────────────────────────

let known = []

const choose = async (name) => {
  const mine = ++turn
  const address = new URL(location.href)
  if (name) address.searchParams.set('service', name)
  else address.searchParams.delete('service')
  history.replaceState(null, '', address)
  element('service').value = name
  if (!name) return showServices(known)
  showState('busy', 'Loading', 'Reading what this service can do.')
  try {
    const spec = await fetchJson(name === ALL ? '/api_docs' : `/${encodeURIComponent(name)}/_spec`)
    if (mine === turn) showDocument(spec, name)
  } catch (error) {
    if (mine === turn) showFailure(error, () => choose(name))
  }
}

const load = async () => {
  const mine = ++turn
  element('forget').hidden = !key && !token
  element('use').textContent = key || token ? 'Change key' : 'Use key'
  if (!key && !token) return showPrompt()
  showState('busy', 'Loading', 'Asking what this key may call.')
  try {
    const { services = [] } = await fetchJson('')
    if (mine !== turn) return
    known = [...services].sort((a, b) => labelOf(a).localeCompare(labelOf(b)))
    fillPicker(known)
    const asked = new URL(location.href).searchParams.get('service') ?? ''
    const valid = asked === ALL || known.some(({ name }) => name === asked)
    await choose(valid ? asked : known.length === 1 ? known[0].name : '')
  } catch (error) {
    if (mine !== turn) return
    element('picker').hidden = true
    showFailure(error, load)
  }
}

const dark = matchMedia('(prefers-color-scheme: dark)')
const applyTheme = () => {
  const { theme } = remembered()
  document.documentElement.classList.toggle('dark-mode', theme ? theme === 'dark' : dark.matches)
}
dark.addEventListener('change', applyTheme)
element('theme').addEventListener('click', () => {
  remember({ theme: document.documentElement.classList.contains('dark-mode') ? 'light' : 'dark' })
  applyTheme()
})

element('credentials').addEventListener('submit', (event) => {
  event.preventDefault()
  const typed = { key: element('key').value.trim(), token: element('token').value.trim() }
  if (!typed.key && !typed.token) return element('key').focus()
  // A token alone joins the key in use; a new key starts over, without the token of the old one.
  key = typed.key || key
  token = typed.token
  remember({ key, token })
  // What was typed leaves the fields: nobody can read it off them later.
  element('key').value = element('token').value = ''
  element('key').placeholder = 'API key in use'
  load()
})
element('forget').addEventListener('click', () => {
  key = token = ''
  remember({ key, token })
  known = []
  element('key').placeholder = 'API key'
  // The document on the page was made for the forgotten key, and its answers were given to it.
  element('document').replaceChildren()
  element('services').replaceChildren()
  load()
  element('key').focus()
})
element('more').addEventListener('click', () => {
  const open = element('token-field').toggleAttribute('hidden') === false
  element('more').setAttribute('aria-expanded', String(open))
  if (open) element('token').focus()
})
element('service').addEventListener('change', (event) => choose(event.target.value))
document.querySelector('.brand').addEventListener('click', (event) => {
  event.preventDefault()
  if (key || token) choose('')
})

applyTheme()
if (key || token) element('key').placeholder = 'API key in use'
load()
