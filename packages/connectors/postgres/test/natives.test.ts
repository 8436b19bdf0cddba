import { type NativeType, nativesConformance } from '@gw/testkit/sql'
import { describe } from 'vitest'
import postgres from '../src/index.ts'
import { admin, MISSING, server } from './opened.ts'

const ASTRAL = 'Zoë 🦊 e\u0301 \u4e2d'
const native = (type: string, ...values: NativeType['values']): NativeType => ({ type, values })
const readOnly = (type: string, why: string, ...values: NativeType['values']): NativeType => ({
  type,
  values,
  readOnly: why,
  unfound: why,
})
const INCOMPARABLE = 'the database has no = for it'
const unfound = (type: string, ...values: NativeType['values']): NativeType => ({ type, values, unfound: INCOMPARABLE })
/** A parameter beside such a column is a record of no type in particular to the server. */
const composite = (type: string, ...values: NativeType['values']): NativeType => ({
  ...unfound(type, ...values),
  advice: /made of several values .+ LIKE compares its text, and IS NULL/,
})

const unordered = (type: string, ...values: NativeType['values']): NativeType => ({
  type,
  values,
  unordered: 'the database has no < for it',
})

// biome-ignore format: reads as a table
const NATIVES: readonly NativeType[] = [
  native('smallint', ['-32768', -32768], ['32767', 32767]),
  native('integer', ['-2147483648', -2147483648], ['2147483647', 2147483647]),
  native('bigint', ['-9223372036854775808', '-9223372036854775808'], ['9007199254740991', 9007199254740991], ['9007199254740993', '9007199254740993'], ['9223372036854775807', '9223372036854775807']),
  native('numeric', ['0.1', 0.1], ['-12345678901234567890.123456789', '-12345678901234567890.123456789']),
  native('numeric', ["'NaN'", 'NaN'], ["'Infinity'", 'Infinity'], ["'-Infinity'", '-Infinity']),
  native('numeric(10,2)', ["'NaN'", 'NaN']),
  native('numeric(10,2)', ['12345678.90', 12345678.9], ['-0.01', -0.01]),
  native('real', ['0.1', 0.1], ['3.4028235e38', 3.4028235e38]),
  native('real', ["'NaN'", 'NaN'], ["'-Infinity'", '-Infinity']),
  native('double precision', ['0.1', 0.1], ['1.7976931348623157e308', 1.7976931348623157e308], ['5e-324', 5e-324]),
  native('double precision', ["'NaN'", 'NaN'], ["'Infinity'", 'Infinity']),
  native('boolean', ['true', true], ['false', false]),
  native('text', ["''", ''], [`'${ASTRAL}'`, ASTRAL], ["'it''s \"quoted\" \\ \t'", 'it\'s "quoted" \\ \t']),
  native('varchar(8)', [`'${ASTRAL.slice(0, 8)}'`, ASTRAL.slice(0, 8)]),
  native('char(4)', ["'ab'", 'ab  ']),
  native('bytea', ["'\\x'", ''], ["'\\x00ff10'", 'AP8Q']),
  native('uuid', ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']),
  native('date', ["'2024-02-29'", '2024-02-29'], ["'0044-03-15 BC'", '0044-03-15 BC'], ["'infinity'", 'infinity'], ["'294276-12-31'", '294276-12-31']),
  native('time', ["'00:00:00'", '00:00:00'], ["'23:59:59.999999'", '23:59:59.999999'], ["'24:00:00'", '24:00:00']),
  native('timetz', ["'12:00:00+05:30'", '12:00:00+05:30']),
  native('timestamp', ["'2024-02-29 12:34:56.789012'", '2024-02-29 12:34:56.789012'], ["'-infinity'", '-infinity'], ["'4713-01-01 00:00:00 BC'", '4713-01-01 00:00:00 BC']),
  native('timestamptz', ["'2024-02-29 12:34:56.5+02'", '2024-02-29 10:34:56.5+00'], ["'infinity'", 'infinity']),
  native('interval', ["'1 year 2 mons 3 days 04:05:06.789'", '1 year 2 mons 3 days 04:05:06.789'], ["'-1 days'", '-1 days']),
  unfound('json', [`'{"a":1,"b":[null,"${ASTRAL}"]}'`, { a: 1, b: [null, ASTRAL] }], ["'3'", 3]),
  readOnly('json', 'a text in a record is JSON text: the JSON text "x" is written as "\\"x\\""', ["'\"x\"'", 'x']),
  native('jsonb', [`'{"a": {"b": [1, 2.5]}}'`, { a: { b: [1, 2.5] } }], ["'[]'", []]),
  native('integer[]', ["'{}'", []], ["'{1,NULL,-2}'", [1, null, -2]], ["'{{1,2},{3,4}}'", [[1, 2], [3, 4]]]),
  native('text[]', [`'{"",NULL,"NULL","a,b","q\\"u\\\\e","${ASTRAL}"}'`, ['', null, 'NULL', 'a,b', 'q"u\\e', ASTRAL]]),
  native('int4range', ["'[1,5)'", '[1,5)'], ["'empty'", 'empty'], ["'(,)'", '(,)']),
  native('tstzrange', ["'[2024-01-01 00:00+00,)'", '["2024-01-01 00:00:00+00",)']),
  native('int4multirange', ["'{[1,3),[5,9)}'", '{[1,3),[5,9)}']),
  native('inet', ["'192.168.0.1/24'", '192.168.0.1/24'], ["'::1'", '::1']),
  native('cidr', ["'10.0.0.0/8'", '10.0.0.0/8']),
  native('macaddr', ["'08:00:2b:01:02:03'", '08:00:2b:01:02:03']),
  native('bit(5)', ["B'10101'", '10101']),
  native('bit varying', ["B''", ''], ["B'1'", '1']),
  native('money', ["'-12345.67'", '-$12,345.67']),
  unfound('point', ["'(1.5,-2)'", '(1.5,-2)']),
  unfound('polygon', ["'((0,0),(1,1),(1,0))'", '((0,0),(1,1),(1,0))']),
  native('circle', ["'<(1,2),3>'", '<(1,2),3>']),
  native('tsvector', ["'cat:3 fat:2'", "'cat':3 'fat':2"]),
  unfound('xml', ["'<a>&amp;</a>'", '<a>&amp;</a>']),
  native('oid', ['4294967295', 4294967295]),
  native('mood', ["'happy'", 'happy']),
  native('positive', ['7', 7]),
  native('name', [`'${ASTRAL}'`, ASTRAL]),
  native('"char"', ["'x'", 'x']),
  native('bpchar', ["'ab '", 'ab ']),
  native('varchar', [`'${ASTRAL}'`, ASTRAL]),
  native('citext', [`'${ASTRAL}'`, ASTRAL]),
  unordered('hstore', [`'a=>"1", "${ASTRAL}"=>NULL'`, `"a"=>"1", "${ASTRAL}"=>NULL`], ["''", '']),
  native('ltree', ["'Top.Science'", 'Top.Science']),
  native('bit(1)', ["B'1'", '1'], ["B'0'", '0']),
  native('bit(64)', [`B'${'1'.repeat(64)}'`, '1'.repeat(64)]),
  native('time(3)', ["'12:34:56.789'", '12:34:56.789']),
  native('timetz', ["'23:59:59.999999-15:59:59'", '23:59:59.999999-15:59:59']),
  native('timestamptz', ["'4713-01-01 00:00:00+00 BC'", '4713-01-01 00:00:00+00 BC'], ["'294276-12-31 23:59:59.999999+00'", '294276-12-31 23:59:59.999999+00']),
  native('interval', ["'178000000 years'", '178000000 years'], ["'-178000000 years'", '-178000000 years'], ["'1 mon -1 day +00:00:00.000001'", '1 mon -1 days +00:00:00.000001']),
  native('interval year to month', ["'1-2'", '1 year 2 mons']),
  native('numeric(1000,500)', [`'${'9'.repeat(500)}.${'9'.repeat(500)}'`, `${'9'.repeat(500)}.${'9'.repeat(500)}`]),
  native('numeric(3,-2)', ['12300', 12300]),
  native('int8range', ["'[-9223372036854775808,9223372036854775807)'", '[-9223372036854775808,9223372036854775807)']),
  native('numrange', ["'(0.1,2.50]'", '(0.1,2.50]']),
  native('tsrange', ["'(-infinity,2024-01-01]'", '(-infinity,"2024-01-01 00:00:00"]']),
  native('daterange', ["'[2024-01-01,2024-02-01]'", '[2024-01-01,2024-02-02)']),
  native('datemultirange', ["'{[2024-01-01,2024-01-03),[2024-02-01,)}'", '{[2024-01-01,2024-01-03),[2024-02-01,)}'], ["'{}'", '{}']),
  native('nummultirange', ["'{(,1.5),[2,3]}'", '{(,1.5),[2,3]}']),
  native('int8multirange', ["'{[1,2)}'", '{[1,2)}']),
  native('tsmultirange', [`'{["2024-01-01 00:00:00","2024-01-02 00:00:00")}'`, '{["2024-01-01 00:00:00","2024-01-02 00:00:00")}']),
  native('tstzmultirange', [`'{["2024-01-01 00:00:00+00",)}'`, '{["2024-01-01 00:00:00+00",)}']),
  native('floatrange', ["'[1.5,2.5)'", '[1.5,2.5)']),
  native('tsquery', [`'cat & !dog:*'`, "'cat' & !'dog':*"]),
  unfound('jsonpath', [`'$.a[*] ? (@ > 1)'`, '$."a"[*]?(@ > 1)']),
  native('pg_lsn', ["'16/B374D848'", '16/B374D848']),
  native('xid8', ["'18446744073709551615'", '18446744073709551615']),
  unfound('pg_snapshot', ["'10:20:10,14'", '10:20:10,14']),
  native('smallint[]', ["'{-32768,32767}'", [-32768, 32767]]),
  native('bigint[]', ["'{9223372036854775807,1}'", ['9223372036854775807', 1]]),
  native('numeric[]', ["'{0.1,NaN,12345678901234567890.5}'", [0.1, 'NaN', '12345678901234567890.5']]),
  native('real[]', ["'{0.1,-Infinity}'", [0.1, '-Infinity']]),
  native('double precision[]', ["'{0.1,NaN}'", [0.1, 'NaN']]),
  native('boolean[]', ["'{t,f,NULL}'", [true, false, null]]),
  native('uuid[]', ["'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'", ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']]),
  native('bytea[]', [`'{"\\\\x00ff10","\\\\x",NULL}'`, ['AP8Q', '', null]], [`'{{"\\\\x01"},{"\\\\x02"}}'`, [['AQ=='], ['Ag==']]]),
  native('date[]', ["'{2024-02-29,infinity,\"0044-03-15 BC\"}'", ['2024-02-29', 'infinity', '0044-03-15 BC']]),
  native('timestamptz[]', [`'{"2024-02-29 10:34:56.5+00"}'`, ['2024-02-29 10:34:56.5+00']]),
  native('interval[]', [`'{"1 day","-00:00:01"}'`, ['1 day', '-00:00:01']]),
  native('varchar(3)[]', [`'{abc,"a,b",""}'`, ['abc', 'a,b', '']]),
  native('jsonb[]', [`'{"{\\"a\\": [1, null]}","3"}'`, [{ a: [1, null] }, 3]]),
  native('inet[]', ["'{10.0.0.1,::1}'", ['10.0.0.1', '::1']]),
  native('mood[]', ["'{happy,sad}'", ['happy', 'sad']]),
  native('int4range[]', [`'{"[1,5)",empty}'`, ['[1,5)', 'empty']]),
  native('hstore[]', [`'{"\\"a\\"=>\\"1\\""}'`, ['"a"=>"1"']]),
  unfound('box[]', ["'{(3,4),(1,2);(1,1),(0,0)}'", ['(3,4),(1,2)', '(1,1),(0,0)']]),
  unfound('point[]', [`'{"(1,2)","(3,4)"}'`, ['(1,2)', '(3,4)']]),
  native('integer[]', ["'[0:1]={1,2}'", '[0:1]={1,2}']),
  native('text[]', [`'{{"a","b"},{NULL,"{}"}}'`, [['a', 'b'], [null, '{}']]]),
  composite('pair', [`'(1,"a ""b"", c")'`, '(1,"a ""b"", c")'], ["'(,)'", '(,)']),
  native('pair[]', [`'{"(1,x)",NULL}'`, ['(1,x)', null]]),
  native('whole', [`'{1,2}'`, [1, 2]]),
  native('shortname', [`'${ASTRAL.slice(0, 8)}'`, ASTRAL.slice(0, 8)]),
  native('positive[]', ["'{1,2}'", [1, 2]], ["'{{1},{NULL}}'", [[1], [null]]]),
]

describe.skipIf(MISSING)(`native types${MISSING}`, () => {
  nativesConformance({
    type: postgres,
    natives: NATIVES,
    async prepare() {
      const database = `natives_${process.pid}`
      const { host, port, user, password } = server!
      await admin(server!.database, `create database ${database}`)
      await admin(
        database,
        "create type mood as enum ('happy', 'sad')",
        'create domain positive as integer check (value > 0)',
        'create domain whole as integer[]',
        'create domain shortname as varchar(8)',
        'create type pair as (n integer, t text)',
        'create type floatrange as range (subtype = float8)',
        ...['citext', 'hstore', 'ltree'].map((name) => `create extension ${name}`),
      )
      return {
        config: { host, port, database, username: user, password, timezone: 'UTC' },
        run: (...statements) => admin(database, ...statements),
        close: async () => void (await admin(server!.database, `drop database ${database} with (force)`)),
      }
    },
    same: (one, other) => `${one}::text is not distinct from ${other}::text`,
  })
})
