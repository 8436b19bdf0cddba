import { describe, expect, it } from 'vitest'
import { canonicalRows } from '../measure/rows.ts'

const customer = {
  id: 7,
  first_name: 'First7',
  last_name: 'Haas',
  email: 'customer7@mail.example',
  city: null,
  credit: 0.07,
  active: false,
  region: 'north',
  created_at: '2024-01-01 00:49:00',
}
const one = (row: object) => canonicalRows({ ask: 'customer', id: 7 }, [row as Record<string, unknown>])

describe('answers of different systems', () => {
  it.each([
    { id: '7' },
    { credit: '0.07' },
    { active: 0 },
    { created_at: '2024-01-01T00:49:00' },
    { created_at: '2024-01-01T00:49:00.000Z' },
    { created_at: '2024-01-01 00:49:00+00:00' },
    { created_at: '2024-01-01T00:49:00.000000' },
    { orders: 5 },
  ])('are the same where only %j is written differently', (difference) => {
    expect(one({ ...customer, ...difference })).toEqual(one(customer))
  })

  it.each([
    { id: 8 },
    { city: 'City7' },
    { city: '' },
    { credit: 0.08 },
    { active: true },
    { created_at: '2024-01-01T00:49:00+02:00' },
    { created_at: '2024-01-01 00:49:01' },
  ])('differ where %j does', (difference) => {
    expect(one({ ...customer, ...difference })).not.toEqual(one(customer))
  })

  it.each([{ email: undefined }, { credit: 'much' }, { active: 'yes' }, { id: null }])(
    'are refused with %j',
    (difference) => {
      expect(() => one({ ...customer, ...difference })).toThrow('is wanted')
    },
  )

  it('keep their order, and children theirs', () => {
    const order = { id: 1, customer_id: 7, total: '1.50', region: 'north', ordered_at: '2025-01-01 00:01:00' }
    const rows = canonicalRows({ ask: 'orders', from: 7, limit: 1 }, [
      { ...customer, orders_by_customer_id: [{ ...order, id: 2 }, order] },
    ])
    expect(rows).toMatchObject([{ id: 7, orders: [{ id: 2, total: 1.5 }, { id: 1 }] }])
  })

  it('have whatever id an insert gave them', () => {
    const [row] = canonicalRows({ ask: 'insert' }, [customer])
    expect(row).not.toHaveProperty('id')
    expect(row).toMatchObject({ last_name: 'Haas' })
  })
})
