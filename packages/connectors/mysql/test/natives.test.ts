import { type NativeType, nativesConformance } from '@gw/testkit/sql'
import { describe } from 'vitest'
import mysql from '../src/index.ts'
import { admin, MISSING, server } from './opened.ts'

const ASTRAL = 'Zoë 🦊 e\u0301 \u4e2d'
const native = (type: string, ...values: NativeType['values']): NativeType => ({ type, values })

// biome-ignore format: reads as a table
const NATIVES: readonly NativeType[] = [
  native('tinyint', ['-128', -128], ['127', 127]),
  native('tinyint(1)', ['0', false], ['1', true]),
  native('smallint unsigned', ['0', 0], ['65535', 65535]),
  native('int unsigned', ['4294967295', 4294967295]),
  native('bigint', ['-9223372036854775808', '-9223372036854775808'], ['9007199254740993', '9007199254740993']),
  native('bigint unsigned', ['18446744073709551615', '18446744073709551615'], ['9007199254740991', 9007199254740991]),
  native('decimal(65,30)', ['12345678901234567890123456789012345.123456789012345678901234567890', '12345678901234567890123456789012345.12345678901234567890123456789'], ['0.10', 0.1]),
  native('float', ['0.1', 0.1]),
  native('double', ['0.1', 0.1], ['1.7976931348623157e308', 1.7976931348623157e308]),
  native('bit(8)', ["b'10000001'", 129]),
  native('char(4)', ["'ab'", 'ab']),
  native('varchar(20)', ["''", ''], [`'${ASTRAL}'`, ASTRAL], ["'it''s \"q\"'", 'it\'s "q"']),
  native('longtext', [`'${ASTRAL}'`, ASTRAL]),
  native('varbinary(8)', ["x''", ''], ["x'00ff10'", 'AP8Q']),
  native('blob', ["x'00ff10'", 'AP8Q']),
  native('date', ["'1000-01-01'", '1000-01-01'], ["'9999-12-31'", '9999-12-31']),
  native('time', ["'-838:59:59'", '-838:59:59'], ["'838:59:59'", '838:59:59']),
  native('time(6)', ["'12:34:56.789012'", '12:34:56.789012']),
  native('datetime', ["'2024-02-29 12:34:56'", '2024-02-29 12:34:56']),
  native('datetime(6)', ["'2024-02-29 12:34:56.789012'", '2024-02-29 12:34:56.789012']),
  native('timestamp', ["'2024-02-29 12:34:56'", '2024-02-29 12:34:56']),
  native('year', ["'2024'", '2024']),
  native("enum('happy','sad')", ["'happy'", 'happy']),
  native("set('a','b','c')", ["''", []], ["'a,c'", ['a', 'c']]),
  native('json', [`'{"a":1,"b":[null,"${ASTRAL}"]}'`, { a: 1, b: [null, ASTRAL] }]),
  native('uuid', ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']),
  native('inet6', ["'::1'", '::1']),
  native('point', ["st_geomfromtext('POINT(1.5 -2)')", 'POINT(1.5 -2)'], ["st_geomfromtext('POINT(13.4 52.5)', 4326)", 'SRID=4326;POINT(13.4 52.5)']),
  native('linestring', ["st_geomfromtext('LINESTRING(0 0,1 1,2 0)')", 'LINESTRING(0 0,1 1,2 0)']),
  native('polygon', ["st_geomfromtext('POLYGON((0 0,9 0,9 9,0 0),(1 1,2 1,2 2,1 1))')", 'POLYGON((0 0,9 0,9 9,0 0),(1 1,2 1,2 2,1 1))']),
  native('geometry', ["st_geomfromtext('MULTIPOINT(1 1,2 2)')", 'MULTIPOINT(1 1,2 2)'], ["st_geomfromtext('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))')", 'GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))']),
]

describe.skipIf(MISSING)(`native types${MISSING}`, () => {
  nativesConformance({
    type: mysql,
    natives: NATIVES,
    async prepare() {
      const database = `natives_${process.pid}`
      const { host, port, user, password } = server!
      await admin(server!.database, `create database ${database} character set utf8mb4 collate utf8mb4_bin`)
      return {
        config: { host, port, database, username: user, password, schema: 'default' },
        run: (...statements) => admin(database, ...statements),
        close: async () => void (await admin(server!.database, `drop database ${database}`)),
      }
    },
    same: (one, other) => `${one} <=> ${other}`,
  })
})
