import { type NativeType, nativesConformance } from '@gw/testkit/sql'
import { describe } from 'vitest'
import mysql from '../src/index.ts'
import { admin, MISSING, server } from './opened.ts'

const ASTRAL = 'Zoë 🦊 e\u0301 \u4e2d'
const native = (type: string, ...values: NativeType['values']): NativeType => ({ type, values })

// biome-ignore format: reads as a table
const NATIVES: readonly NativeType[] = [
  native('tinyint', ['-128', -128], ['127', 127]),
  native('tinyint unsigned', ['0', 0], ['255', 255]),
  native('smallint', ['-32768', -32768], ['32767', 32767]),
  native('mediumint', ['-8388608', -8388608], ['8388607', 8388607]),
  native('mediumint unsigned', ['16777215', 16777215]),
  native('int', ['-2147483648', -2147483648], ['2147483647', 2147483647]),
  native('int(5) unsigned zerofill', ['42', 42]),
  native('decimal(10,2) unsigned', ['99999999.99', 99999999.99]),
  native('decimal(65,0)', [`-${'9'.repeat(65)}`, `-${'9'.repeat(65)}`]),
  native('float', ['3.4028234e38', 3.4028235e38], ['-1.17549e-38', -1.17549e-38]),
  native('float(53)', ['0.1', 0.1], ['-2.2250738585072014e-308', -2.2250738585072014e-308]),
  native('bit(1)', ["b'1'", true], ["b'0'", false]),
  native('bit(64)', [`b'${'1'.repeat(64)}'`, '18446744073709551615'], ["b'0'", 0]),
  native('binary(4)', ["x'00ff1000'", 'AP8QAA==']),
  native('tinyblob', ["x'00ff10'", 'AP8Q'], ["x''", '']),
  native('mediumblob', ["x'00ff10'", 'AP8Q']),
  native('longblob', ["x'00ff10'", 'AP8Q']),
  native('tinytext', [`'${ASTRAL}'`, ASTRAL]),
  native('text', [`'${ASTRAL}'`, ASTRAL], ["''", '']),
  native('mediumtext', [`'${ASTRAL}'`, ASTRAL]),
  native('char(255)', [`'${ASTRAL}'`, ASTRAL]),
  native('varchar(20) character set latin1 collate latin1_bin', ["'Zoë €'", 'Zoë €']),
  native('date', ["'0001-01-01'", '0001-01-01']),
  native('time(6)', ["'838:59:59.999999'", '838:59:59.999999'], ["'-838:59:59.999999'", '-838:59:59.999999'], ["'-00:00:00.000001'", '-00:00:00.000001']),
  native('datetime', ["'0001-01-01 00:00:00'", '0001-01-01 00:00:00'], ["'9999-12-31 23:59:59'", '9999-12-31 23:59:59']),
  native('timestamp(6)', ["'2024-02-29 12:34:56.789012'", '2024-02-29 12:34:56.789012'], ["'1970-01-02 00:00:00.000001'", '1970-01-02 00:00:00.000001'], ["'2038-01-18 00:00:00.999999'", '2038-01-18 00:00:00.999999']),
  native('year', ["'1901'", '1901'], ["'2155'", '2155'], ["'0000'", '0000']),
  native("enum('','a''b','Zoë 🦊')", ["''", ''], ["'a''b'", "a'b"], ["'Zoë 🦊'", 'Zoë 🦊']),
  native("set('Zoë 🦊','b c')", ["'Zoë 🦊,b c'", ['Zoë 🦊', 'b c']]),
  native('inet4', ["'255.255.255.255'", '255.255.255.255'], ["'0.0.0.0'", '0.0.0.0']),
  native('inet6', ["'::ffff:192.0.2.1'", '::ffff:192.0.2.1'], ["'2001:db8::ff00:42:8329'", '2001:db8::ff00:42:8329']),
  native('multipoint', ["st_geomfromtext('MULTIPOINT(1 1,2 2)')", 'MULTIPOINT(1 1,2 2)']),
  native('multilinestring', ["st_geomfromtext('MULTILINESTRING((0 0,1 1),(2 2,3 3))')", 'MULTILINESTRING((0 0,1 1),(2 2,3 3))']),
  native('multipolygon', ["st_geomfromtext('MULTIPOLYGON(((0 0,9 0,9 9,0 0)))')", 'MULTIPOLYGON(((0 0,9 0,9 9,0 0)))']),
  native('geometrycollection', ["st_geomfromtext('GEOMETRYCOLLECTION(POINT(1 1))')", 'GEOMETRYCOLLECTION(POINT(1 1))']),
  native('json', ["'[]'", []], ["'3.5'", 3.5]),
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
