/** The tables of docs/reference/egress.md, from what the tests of the ways out try. */
import type { HostileAddress } from '../../packages/testkit/src/remote/addresses.ts'
import type { Way } from '../egress/ways.ts'

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

export const wayTable = (ways: readonly Way[]): string =>
  [
    '| Service type | Address | Whose word it is | Redirects |',
    '|---|---|---|---|',
    ...ways.map(({ type, at, by, redirects }) =>
      row([
        type
          .split(', ')
          .map((name) => `\`${name}\``)
          .join(' '),
        at,
        `the ${by}’s`,
        redirects === 'judged' ? 'followed, each judged' : redirects,
      ]),
    ),
  ].join('\n')

export const addressTable = (addresses: readonly HostileAddress[]): string =>
  [
    '| Address | Refused by its | Because |',
    '|---|---|---|',
    ...addresses.map(({ url, where, because }) => row([`\`${url.replace('\u0000', '␀')}\``, where, because])),
  ].join('\n')
