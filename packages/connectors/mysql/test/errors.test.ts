import { describe, expect, test } from 'vitest'
import { classify } from '../src/errors.ts'

const failed = (errno: number, sqlMessage = '', sql = '') => ({ errno, sqlMessage, sql })
const INSERT = 'insert into `shop`.`t``s` (`a`) values (?)'
const FOREIGN_KEY =
  'a foreign key constraint fails (`shop`.`c`, CONSTRAINT `c_t` FOREIGN KEY (`t_id`, `odd``one`) REFERENCES `t` (`id`, `x`))'

describe('classify', () => {
  // biome-ignore format: reads as a table
  const CASES = [
    [failed(1062, "Duplicate entry 'x' for key 'name'", INSERT), { reason: 'unique', schema: 'shop', table: 't`s', constraint: 'name' }],
    [failed(1062, "Duplicate entry 'x' for key 't`s.name'", INSERT), { reason: 'unique', schema: 'shop', table: 't`s', constraint: 'name' }],
    [failed(1062, "Duplicate entry 'for key 'PRIMARY' for key 'name'", 'update `t` set'), { reason: 'unique', schema: undefined, table: 't', constraint: 'name' }],
    [failed(1452, `Cannot add or update a child row: ${FOREIGN_KEY}`), { reason: 'foreign_key', schema: 'shop', table: 'c', constraint: 'c_t', columns: ['t_id', 'odd`one'] }],
    [failed(1451, `Cannot delete or update a parent row: ${FOREIGN_KEY}`), { reason: 'foreign_key', schema: 'shop', table: 'c', constraint: 'c_t', columns: ['t_id', 'odd`one'] }],
    [failed(1217, 'Cannot delete or update a parent row: a foreign key constraint fails'), { reason: 'foreign_key' }],
    [failed(1048, "Column 'a' cannot be null", INSERT), { reason: 'not_null', schema: 'shop', table: 't`s', columns: ['a'] }],
    [failed(1364, "Field 'a' doesn't have a default value", INSERT), { reason: 'not_null', schema: 'shop', table: 't`s', columns: ['a'] }],
    [failed(1366, "Incorrect integer value: 'x' for column `shop`.`t`.`a` at row 1", INSERT), { reason: 'invalid_value', schema: 'shop', table: 't`s', columns: ['a'] }],
    [failed(1292, "Incorrect datetime value: 'x' for column 'a' at row 1", INSERT), { reason: 'invalid_value', schema: 'shop', table: 't`s', columns: ['a'] }],
    [failed(4025, 'CONSTRAINT `t.n` failed for `shop`.`t`', 'update `t` set'), { reason: 'check', schema: undefined, table: 't', constraint: 't.n' }],
    [failed(3819, "Check constraint 't_chk_1' is violated.", 'update `t` set'), { reason: 'check', schema: undefined, table: 't', constraint: 't_chk_1' }],
    [failed(1406, "Data too long for column 'a' at row 1"), { reason: 'too_long', columns: ['a'] }],
    [failed(1146, "Table 'shop.t' doesn't exist"), { reason: 'schema_changed' }],
    [failed(1969), { reason: 'timeout' }],
    [failed(3024), { reason: 'timeout' }],
    [{ code: 'HANDSHAKE_NO_SSL_SUPPORT' }, { reason: 'tls' }],
    [{ code: 'ECONNREFUSED' }, { reason: 'unreachable' }],
    [{ code: 'PROTOCOL_CONNECTION_LOST', errno: undefined }, { reason: 'unreachable' }],
    [{ message: "Can't add new command when connection is in closed state" }, { reason: 'unreachable' }],
    [failed(1064), undefined],
    [{ code: 'constructor' }, undefined],
    [{ errno: '1062' }, undefined],
  ] as const
  test.each(CASES)('%o', (error, expected) => {
    expect(classify(error)).toEqual(expected)
  })
})
