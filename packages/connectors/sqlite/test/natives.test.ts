import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NativeType, nativesConformance } from '@gw/testkit/sql'
import Database from 'better-sqlite3'
import sqlite from '../src/index.ts'

const ASTRAL = 'Zoë 🦊 e\u0301 \u4e2d'
const native = (type: string, ...values: NativeType['values']): NativeType => ({ type, values })

// biome-ignore format: reads as a table
const NATIVES: readonly NativeType[] = [
  native('integer', ['-9223372036854775808', '-9223372036854775808'], ['9007199254740991', 9007199254740991], ['9007199254740993', '9007199254740993']),
  native('bigint', ['9223372036854775807', '9223372036854775807'], ['0', 0]),
  ...['int', 'tinyint', 'smallint', 'mediumint', 'unsigned big int', 'int2', 'int8'].map((type) =>
    native(type, ['-42', -42], ['9007199254740991', 9007199254740991])),
  ...['double', 'double precision', 'float'].map((type) => native(type, ['0.1', 0.1], ['-2.5e-300', -2.5e-300])),
  native('numeric', ['0.1', 0.1], ['9007199254740993', '9007199254740993'], ['-5', -5]),
  ...['character(20)', 'nchar(55)', 'native character(70)', 'nvarchar(100)', 'varying character(255)', 'clob'].map((type) =>
    native(type, [`'${ASTRAL}'`, ASTRAL], ["''", ''])),
  ...['binary(4)', 'varbinary(9)'].map((type) => native(type, ["x'00ff10'", 'AP8Q'])),
  native('timestamp', ["'2024-02-29 12:34:56.789'", '2024-02-29 12:34:56.789'], ["'-4713-11-24 00:00:00'", '-4713-11-24 00:00:00']),
  native('real', ['0.1', 0.1], ['1.7976931348623157e308', 1.7976931348623157e308], ['5e-324', 5e-324]),
  native('decimal(10,2)', ['0.1', 0.1], ['-12', -12]),
  native('boolean', ['0', false], ['1', true]),
  native('text', ["''", ''], [`'${ASTRAL}'`, ASTRAL], ["'it''s \"quoted\" \\'", 'it\'s "quoted" \\']),
  native('varchar(20)', [`'${ASTRAL}'`, ASTRAL]),
  native('blob', ["x''", ''], ["x'00ff10'", 'AP8Q']),
  native('date', ["'2024-02-29'", '2024-02-29']),
  native('time', ["'23:59:59.999'", '23:59:59.999']),
  native('datetime', ["'2024-02-29 12:34:56'", '2024-02-29 12:34:56']),
  native('json', [`'{"a":1,"b":[null,"${ASTRAL}"]}'`, { a: 1, b: [null, ASTRAL] }]),
  native('uuid', ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']),
]

nativesConformance({
  type: sqlite,
  natives: NATIVES,
  async prepare() {
    const folder = mkdtempSync(join(tmpdir(), 'gw-natives-'))
    const file = join(folder, 'natives.sqlite')
    const database = new Database(file)
    const run = async (...statements: readonly string[]) => {
      let rows: readonly unknown[] = []
      for (const statement of statements) {
        const prepared = database.prepare(statement)
        if (prepared.reader) rows = prepared.all()
        else prepared.run()
      }
      return rows
    }
    return {
      config: { database: file },
      run,
      async close() {
        database.close()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
  // What SQLite stores it as counts, too: 5, 5.0 and '5' are three things.
  same: (one, other) => `${one} is ${other} and typeof(${one}) = typeof(${other})`,
})
