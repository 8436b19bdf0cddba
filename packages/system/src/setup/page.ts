/** The set-up page: a form without scripts or outside resources, which any browser and any reader can use. */
import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'

export interface SetupValues {
  readonly code?: string
  readonly email?: string
  readonly name?: string
  readonly first_name?: string
  readonly last_name?: string
  readonly username?: string
  readonly phone?: string
}
/** What is wrong, by field; `form` for what belongs to none. */
export type SetupProblems = Readonly<Record<string, readonly string[]>>

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #f6f7f9; --card: #fff; --line: #848d97; --accent: #0b5cad; --on-accent: #fff; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #a4adb8; --paper: #14171b; --card: #1d2126; --line: #6b7580; --accent: #7ab7ff; --on-accent: #0b1b2b; --bad: #ff9d94 } }
* { box-sizing: border-box }
body { margin: 0; padding: 2rem 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 34rem; margin: 0 auto; padding: 2rem; background: var(--card); border-radius: .75rem; box-shadow: 0 1px 3px rgb(0 0 0 / .15) }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25 }
p { margin: 0 0 1rem; color: var(--soft) }
fieldset { margin: 1.5rem 0 0; padding: 0; border: 0 }
legend { padding: 0; font-weight: 600 }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem }
@media (max-width: 30rem) { .pair { grid-template-columns: 1fr } main { padding: 1.25rem } }
label { display: block; margin: .75rem 0 .25rem; font-weight: 500 }
small { display: block; margin-top: .25rem; color: var(--soft) }
label small { display: inline; font-weight: 400 }
input { width: 100%; padding: .5rem .625rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .375rem }
input:focus-visible, button:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px }
input[aria-invalid=true] { border: 2px solid var(--bad) }
.problem { display: block; margin-top: .25rem; color: var(--bad); font-size: .9375rem }
[role=alert] { margin: 1rem 0; padding: .75rem 1rem; border-left: 4px solid var(--bad); color: var(--bad) }
button { margin-top: 1.75rem; width: 100%; padding: .625rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0; border-radius: .375rem; cursor: pointer }
`

/** Nothing but this very style is taken from anywhere, and the form leads here alone. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

interface Input {
  readonly name: string
  readonly label: string
  readonly type?: string
  readonly required?: boolean
  readonly autocomplete: string
  readonly hint?: string
  readonly minlength?: number
  readonly maxlength?: number
}

const field = (input: Input, values: SetupValues, problems: SetupProblems) => {
  const { name, label, type = 'text', required = false, autocomplete, hint, minlength, maxlength } = input
  const own = problems[name] ?? []
  const described = [hint && `${name}-hint`, own.length > 0 && `${name}-problem`].filter(Boolean).join(' ')
  // What is secret is never sent back.
  const value = type === 'password' ? '' : (values[name as keyof SetupValues] ?? '')
  return html`<div>
<label for="${name}">${label}${required ? '' : html` <small>Optional</small>`}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" maxlength="${maxlength ?? 255}"
${minlength ? html` minlength="${minlength}"` : ''}${required ? html` required` : ''}
${own.length > 0 ? html` aria-invalid="true"` : ''}${described ? html` aria-describedby="${described}"` : ''}>
${hint ? html`<small id="${name}-hint">${hint}</small>` : ''}
${own.length > 0 ? html`<span class="problem" id="${name}-problem">${own.join(' ')}</span>` : ''}
</div>`
}

const CODE: Input = {
  name: 'code',
  label: 'Set-up code',
  required: true,
  autocomplete: 'off',
  hint: 'The gateway wrote it into its log when it started.',
}
const EMAIL: Input = { name: 'email', label: 'E-mail address', type: 'email', required: true, autocomplete: 'email' }
const NAME: Input = { name: 'name', label: 'Name', required: true, autocomplete: 'name' }
const FIRST: Input = { name: 'first_name', label: 'First name', autocomplete: 'given-name' }
const LAST: Input = { name: 'last_name', label: 'Last name', autocomplete: 'family-name' }
const USERNAME: Input = {
  name: 'username',
  label: 'User name',
  autocomplete: 'username',
  minlength: 6,
  hint: 'Without one, it is the e-mail address.',
}
const PHONE: Input = { name: 'phone', label: 'Phone', type: 'tel', autocomplete: 'tel', maxlength: 32 }
const PASSWORD: Input = {
  name: 'password',
  label: 'Password',
  type: 'password',
  required: true,
  autocomplete: 'new-password',
  minlength: 16,
  maxlength: 1024,
  hint: 'At least 16 characters. Several words are easy to remember.',
}
const AGAIN: Input = {
  name: 'password_confirmation',
  label: 'The same password again',
  type: 'password',
  required: true,
  autocomplete: 'new-password',
  maxlength: 1024,
}

export const setupPage = async (values: SetupValues = {}, problems: SetupProblems = {}): Promise<string> => {
  const ask = (input: Input) => field(input, values, problems)
  const wrong = Object.keys(problems).length > 0
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${wrong ? 'Error: ' : ''}Set up the gateway</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>Set up the gateway</h1>
<p>Make the first administrator. This page is here until there is one.</p>
${wrong ? html`<div role="alert">${(problems.form ?? ['Nothing was made. Look at the marked fields.']).join(' ')}</div>` : ''}
<form method="post" action="/setup">
<fieldset><legend>Proof</legend>${ask(CODE)}</fieldset>
<fieldset><legend>Administrator</legend>
${ask(EMAIL)}${ask(NAME)}
<div class="pair">${ask(FIRST)}${ask(LAST)}</div>
<div class="pair">${ask(USERNAME)}${ask(PHONE)}</div>
</fieldset>
<fieldset><legend>Password</legend>${ask(PASSWORD)}${ask(AGAIN)}</fieldset>
<button type="submit">Make the administrator</button>
</form>
</main>
</body>
</html>`
  return String(await page)
}
