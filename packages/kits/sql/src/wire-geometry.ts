/**
 * Spatial values of MySQL's family: WKT on the wire, `SRID=4326;POINT(13.4 52.5)` where they have a reference system. In the database
 * they are four bytes of SRID and WKB (https://dev.mysql.com/doc/refman/8.4/en/gis-data-formats.html), with the
 * longitude first whatever the system says; that form is bound, and read as hexadecimal digits.
 */
import { GwError } from '@gw/core'
import wkx from 'wkx'
import { type Codec, textCodec } from './wire.ts'
import { anyTextCodec } from './wire-binary.ts'

const SRID_BYTES = 4
const HEX = /^(?:[0-9A-F]{2})+$/i

/** Of a group, where nothing is read as digits, the driver has taken it apart. */
const textOf = (cell: unknown): string => {
  if (typeof cell !== 'string' || !HEX.test(cell)) return anyTextCodec.value(cell) as string
  const bytes = Buffer.from(cell, 'hex')
  const srid = bytes.readUInt32LE(0)
  const wkt = wkx.Geometry.parse(bytes.subarray(SRID_BYTES)).toWkt()
  return srid === 0 ? wkt : `SRID=${srid};${wkt}`
}
export const geometryCodec: Codec = { value: textOf, json: (cell) => textCodec.json(textOf(cell)) }

const unreadable = (): GwError =>
  new GwError(
    'invalid_request',
    'A spatial value must be WKT in two dimensions, for example POINT(13.4 52.5), with SRID=4326; before it where it has a reference system.',
  )

const WORDS = /^(?:SRID=\d{1,9};)?(?:(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION|[-+\d.E,()\s])+$/
const count = (text: string, what: string): number => text.split(what).length
const numbersIn = (text: string): number => text.replace(/^SRID=\d+;/, '').match(/[\d.]+(?:E[-+]?\d+)?/gi)?.length ?? 0

/** Checked here, because MariaDB stores NULL for what it can not read, and the parser reads as far as it can. */
const parsed = (value: string) => {
  const text = value.trim().toUpperCase()
  if (!WORDS.test(text) || count(text, '(') !== count(text, ')')) throw unreadable()
  try {
    const geometry = wkx.Geometry.parse(text)
    const understood = geometry.toWkt()
    const whole = !/NAN|INFINITY/i.test(understood) && numbersIn(understood) === numbersIn(text)
    if (whole && !geometry.hasZ && !geometry.hasM) return geometry
  } catch {
    // It says where, in words about its own code.
  }
  throw unreadable()
}

/** WKT as the database holds it. */
export const bindGeometry = (value: unknown): unknown => {
  if (typeof value !== 'string') return value
  const geometry = parsed(value)
  const srid = Buffer.alloc(SRID_BYTES)
  srid.writeUInt32LE(geometry.srid ?? 0)
  return Buffer.concat([srid, geometry.toWkb()])
}
