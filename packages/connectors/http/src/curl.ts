/**
 * libcurl's options (services part, §3.5) as settings of ours. Each is known by its name or number; what an option can
 * not mean here is refused when the service starts, never passed over.
 */

/** What the options of a service come to. Times are seconds. */
export interface CurlSettings {
  timeout?: number
  connectTimeout?: number
  proxy?: { readonly url: string; readonly username?: string; readonly password?: string }
  tls: {
    ca?: string
    cert?: string
    key?: string
    passphrase?: string
    verify?: boolean
    minVersion?: 'TLSv1.2' | 'TLSv1.3'
  }
  maxRedirects?: number
  headers: Record<string, string>
  port?: number
}

type Apply = (settings: CurlSettings, value: string, file: (path: string) => string, name: string) => void

const isOff = (value: string): boolean => /^(0|false|off|no|)$/i.test(value)
const number = (value: string, name: string): number => {
  if (!/^\d+(\.\d+)?$/.test(value)) throw new Error(`${name} has to be a number.`)
  return Number(value)
}
const only =
  (allowed: RegExp): Apply =>
  (_settings, value, _file, name) => {
    if (!allowed.test(value)) throw new Error(`${name} can not be that here.`)
  }
const header =
  (name: string, make: (value: string) => string = (value) => value): Apply =>
  (settings, value) => {
    settings.headers[name] = make(value)
  }
const basic = (value: string): string => `Basic ${Buffer.from(value, 'utf8').toString('base64')}`
const amount =
  (setting: 'timeout' | 'connectTimeout' | 'maxRedirects' | 'port', unit = 1): Apply =>
  (settings, value, _file, name) => {
    settings[setting] = number(value, name) * unit
  }
const passphrase: Apply = (settings, value) => {
  settings.tls.passphrase = value
}
const pem =
  (part: 'ca' | 'cert' | 'key'): Apply =>
  (settings, value, file) => {
    settings.tls[part] = file(value)
  }
const proxyOf = ({ proxy }: CurlSettings, name: string): NonNullable<CurlSettings['proxy']> => {
  if (!proxy) throw new Error(`${name} needs CURLOPT_PROXY.`)
  return proxy
}

const APPLY: Readonly<Record<string, Apply>> = {
  CURLOPT_TIMEOUT: amount('timeout'),
  CURLOPT_TIMEOUT_MS: amount('timeout', 0.001),
  CURLOPT_CONNECTTIMEOUT: amount('connectTimeout'),
  CURLOPT_CONNECTTIMEOUT_MS: amount('connectTimeout', 0.001),
  CURLOPT_PROXY(settings, value, _file, name) {
    const url = /^\w+:\/\//.test(value) ? value : `http://${value}`
    if (!/^https?:/i.test(url) || !URL.canParse(url)) throw new Error(`${name} has to be an HTTP proxy.`)
    settings.proxy = { url }
  },
  CURLOPT_PROXYPORT(settings, value, _file, name) {
    const url = new URL(proxyOf(settings, name).url)
    url.port = String(number(value, name))
    settings.proxy = { url: url.href }
  },
  CURLOPT_PROXYUSERPWD(settings, value, _file, name) {
    const [username = '', ...password] = value.split(':')
    settings.proxy = { ...proxyOf(settings, name), username, password: password.join(':') }
  },
  CURLOPT_PROXYTYPE: only(/^(0|2|CURLPROXY_HTTP|CURLPROXY_HTTPS)$/),
  CURLOPT_USERPWD: header('authorization', basic),
  CURLOPT_HTTPAUTH: only(/^(1|64|CURLAUTH_BASIC|CURLAUTH_BEARER)$/),
  CURLOPT_XOAUTH2_BEARER: header('authorization', (value) => `Bearer ${value}`),
  CURLOPT_SSLCERT: pem('cert'),
  CURLOPT_SSLCERTPASSWD: passphrase,
  CURLOPT_SSLKEY: pem('key'),
  CURLOPT_SSLKEYPASSWD: passphrase,
  CURLOPT_CAINFO: pem('ca'),
  CURLOPT_SSL_VERIFYPEER(settings, value) {
    settings.tls.verify = !isOff(value)
  },
  // There is no half of it here: a certificate of another name is none.
  CURLOPT_SSL_VERIFYHOST(settings, value) {
    if (isOff(value)) settings.tls.verify = false
  },
  CURLOPT_SSLVERSION(settings, value, file, name) {
    if (/^(7|CURL_SSLVERSION_TLSv1_3)$/.test(value)) settings.tls.minVersion = 'TLSv1.3'
    else only(/^(0|1|6|CURL_SSLVERSION_(DEFAULT|TLSv1|TLSv1_2))$/)(settings, value, file, name)
  },
  CURLOPT_MAXREDIRS: amount('maxRedirects'),
  // After the number, which it takes back.
  CURLOPT_FOLLOWLOCATION(settings, value) {
    if (isOff(value)) settings.maxRedirects = 0
  },
  CURLOPT_HTTPHEADER(settings, value, _file, name) {
    const colon = value.indexOf(':')
    if (colon < 1) throw new Error(`${name} takes lines like "Name: value".`)
    settings.headers[value.slice(0, colon).trim().toLowerCase()] = value.slice(colon + 1).trim()
  },
  CURLOPT_USERAGENT: header('user-agent'),
  CURLOPT_REFERER: header('referer'),
  CURLOPT_COOKIE: header('cookie'),
  CURLOPT_ENCODING: header('accept-encoding'),
  CURLOPT_PORT: amount('port'),
  CURLOPT_HTTP_VERSION: only(/^(0|1|2|CURL_HTTP_VERSION_(NONE|1_0|1_1))$/),
}

/** libcurl's own numbers (curl.h). */
// biome-ignore format: reads as a table
const NUMBERS: Readonly<Record<string, string>> = {
  13: 'CURLOPT_TIMEOUT', 155: 'CURLOPT_TIMEOUT_MS', 78: 'CURLOPT_CONNECTTIMEOUT', 156: 'CURLOPT_CONNECTTIMEOUT_MS',
  10004: 'CURLOPT_PROXY', 59: 'CURLOPT_PROXYPORT', 10006: 'CURLOPT_PROXYUSERPWD', 101: 'CURLOPT_PROXYTYPE',
  10005: 'CURLOPT_USERPWD', 107: 'CURLOPT_HTTPAUTH', 10220: 'CURLOPT_XOAUTH2_BEARER', 10025: 'CURLOPT_SSLCERT',
  10087: 'CURLOPT_SSLKEY', 10026: 'CURLOPT_SSLKEYPASSWD', 10065: 'CURLOPT_CAINFO', 64: 'CURLOPT_SSL_VERIFYPEER',
  81: 'CURLOPT_SSL_VERIFYHOST', 32: 'CURLOPT_SSLVERSION', 52: 'CURLOPT_FOLLOWLOCATION', 68: 'CURLOPT_MAXREDIRS',
  10023: 'CURLOPT_HTTPHEADER', 10018: 'CURLOPT_USERAGENT', 10016: 'CURLOPT_REFERER', 10022: 'CURLOPT_COOKIE',
  10102: 'CURLOPT_ENCODING', 3: 'CURLOPT_PORT', 84: 'CURLOPT_HTTP_VERSION',
}

/** Every option that means something here, by name and by number. */
export const CURL_OPTIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(APPLY).map((name) => [name, name])),
  ...NUMBERS,
}

type Options = Readonly<Record<string, string | number | boolean | readonly string[]>>

/**
 * Reads the options, in the order of the table: a port is added to a proxy that is known.
 * @param file gives what is in a file
 * @throws Error that names the option, never its value
 */
export const curlSettings = (options: Options, file: (path: string) => string): CurlSettings => {
  const settings: CurlSettings = { tls: {}, headers: {} }
  const given = new Map(Object.entries(options).map(([name, value]) => [CURL_OPTIONS[name], value]))
  for (const [name, apply] of Object.entries(APPLY))
    for (const value of [given.get(name) ?? []].flat()) apply(settings, String(value), file, name)
  return settings
}
