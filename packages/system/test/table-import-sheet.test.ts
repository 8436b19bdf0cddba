import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { fieldTypes, messageOf, send, withDatabase } from './importing.ts'

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

const STRINGS = `${XML}<sst xmlns="${MAIN}"><si><t>name</t></si><si><t>price</t></si><si><r><t>La</t></r><r><t>mp</t></r></si></sst>`
/** The second format is a date's. */
const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>`

interface Parts {
  readonly rows: string
  readonly strings?: string
  readonly prolog?: string
}

/** A workbook by the standard's own text, with two sheets. */
const workbook = ({ rows, strings = STRINGS, prolog = XML }: Parts): Uint8Array<ArrayBuffer> => {
  const override = (part: string, kind: string) =>
    `<Override PartName="/xl/${part}.xml" ContentType="${TYPE}.${kind}+xml"/>`
  const relation = (id: string, kind: string, target: string) =>
    `<Relationship Id="${id}" Type="${OFFICE}/${kind}" Target="${target}"/>`
  const relations = (inner: string) => `${XML}<Relationships xmlns="${PACKAGE}/relationships">${inner}</Relationships>`
  const sheet = (inner: string) => `${prolog}<worksheet xmlns="${MAIN}"><sheetData>${inner}</sheetData></worksheet>`
  const files = {
    '[Content_Types].xml': `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${override('workbook', 'sheet.main')}${override('worksheets/sheet1', 'worksheet')}${override('worksheets/sheet2', 'worksheet')}${override('sharedStrings', 'sharedStrings')}${override('styles', 'styles')}</Types>`,
    '_rels/.rels': relations(relation('rId1', 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="First" sheetId="1" r:id="rId1"/><sheet name="Second" sheetId="2" r:id="rId2"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(
      `${relation('rId1', 'worksheet', 'worksheets/sheet1.xml')}${relation('rId2', 'worksheet', 'worksheets/sheet2.xml')}${relation('rId3', 'sharedStrings', 'sharedStrings.xml')}${relation('rId4', 'styles', 'styles.xml')}`,
    ),
    'xl/sharedStrings.xml': strings,
    'xl/styles.xml': STYLES,
    'xl/worksheets/sheet1.xml': sheet(rows),
    'xl/worksheets/sheet2.xml': sheet('<row r="1"><c r="A1"><v>9</v></c></row>'),
  }
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])), { level: 6 })
}

const HEADER =
  '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="inlineStr"><is><t>born</t></is></c><c r="D2" t="inlineStr"><is><t>seen</t></is></c><c r="E2" t="inlineStr"><is><t>good</t></is></c></row>'
const ROWS = `${HEADER}<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3"><v>10.5</v></c><c r="C3" s="1"><v>45292</v></c><c r="D3" s="2"><v>45292.5</v></c><c r="E3" t="b"><v>1</v></c><c r="F3"/></row>
  <row r="5"><c r="B5"><v>3</v></c><c r="C5" s="1"><v>45351</v></c><c r="D5" s="2"><v>45351.25</v></c><c r="E5" t="b"><v>0</v></c></row>`

const name = 'things.xlsx'

describe('A spreadsheet', () => {
  test('becomes a table by its first sheet, with dates, truths and numbers', async () => {
    await using gw = await withDatabase()
    expect(await send(gw, workbook({ rows: ROWS }), { name })).toEqual({
      status: 201,
      body: { resource: '/api/v2/db/_table/things' },
    })
    expect(await fieldTypes(gw, 'things')).toMatchObject({
      id: 'id key',
      name: 'string?',
      price: 'decimal',
      born: 'date',
      seen: 'datetime',
      good: 'boolean',
    })
    const { resource } = (await gw.ask('GET', 'db/_table/things?order=id')).body
    expect(resource).toMatchObject([
      { id: 1, name: 'Lamp', born: '2024-01-01', seen: expect.stringMatching(/^2024-01-01[ T]12:00:00/), good: true },
      { id: 2, name: null, born: '2024-02-29', seen: expect.stringMatching(/^2024-02-29[ T]06:00:00/), good: false },
    ])
    expect(resource.map(({ price }: any) => Number(price))).toEqual([10.5, 3])
  })

  test('is measured before it is read, and takes no more memory than that', async () => {
    await using gw = await withDatabase()
    const statusOf = async (content: Uint8Array<ArrayBuffer>) => (await send(gw, content, { name })).status
    // Much from little.
    expect(await statusOf(workbook({ rows: ROWS, strings: STRINGS + ' '.repeat(17 * 1024 * 1024) }))).toBe(413)
    expect(await statusOf(new Uint8Array(17 * 1024 * 1024))).toBe(413)
    // Two cells at the ends of the largest sheet there is, and one beyond.
    for (const [row, column] of [
      [1_048_576, 'XFD'],
      [9_999_999_999, 'ZZZZZZZ'],
    ] as const) {
      const rows = `${HEADER}<row r="${row}"><c r="${column}${row}"><v>1</v></c></row>`
      const answer = await send(gw, workbook({ rows }), { name })
      expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringContaining('can not be read')])
    }
    // Entities that stand for others ten times over: they stand for nothing here.
    const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('')
    const prolog = `${XML}<!DOCTYPE worksheet [<!ENTITY l0 "lol"><!ENTITY f SYSTEM "file:///etc/passwd">${laughs}]>`
    const rows = `${HEADER}<row r="3"><c r="A3" t="inlineStr"><is><t>&l9;&f;</t></is></c></row>`
    const expanded = await send(gw, workbook({ rows, prolog }), { name: 'laughs.xlsx' })
    expect(expanded.status).toBe(201)
    expect((await gw.ask('GET', 'db/_table/laughs')).body.resource[0].name).toBe('&l9;&f;')
  })

  test('that is damaged, encrypted, of another kind, or says less than it holds is refused', async () => {
    await using gw = await withDatabase()
    const whole = workbook({ rows: ROWS })
    const refused = async (content: Uint8Array<ArrayBuffer>) => {
      const answer = await send(gw, content, { name })
      expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringContaining('can not be read')])
    }
    await refused(strToU8('name,price\nLamp,1\n') as Uint8Array<ArrayBuffer>)
    await refused(whole.slice(0, whole.length / 2))
    await refused(zipSync({ 'a.txt': strToU8('a') }))
    await refused(zipSync({ '../xl/workbook.xml': strToU8('a') }))
    await refused(workbook({ rows: `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>0</v></c></row>` }))
    /** Changes each entry of the directory at the end of the file. */
    const directory = (change: (view: DataView, at: number) => void) => {
      const copy = whole.slice()
      const view = new DataView(copy.buffer)
      for (let at = 0; at < copy.length - 4; at++) if (view.getUint32(at, true) === 0x02014b50) change(view, at)
      return copy
    }
    await refused(directory((view, at) => view.setUint16(at + 8, 1, true)))
    await refused(directory((view, at) => view.setUint32(at + 24, 10, true)))
    expect(messageOf(await send(gw, workbook({ rows: HEADER }), { name }))).toContain('no records')
    expect((await gw.ask('GET', 'db/_table')).body.resource).toHaveLength(1)
  })
})
