/** The rows of the sample shop: the same ones every time, from a seeded generator. */
import { CATEGORIES, FIRST_NAMES, LAST_NAMES, PLACES, type Place, REVIEWS, TITLES } from './words.ts'

export type Row = Readonly<Record<string, string | number | null>>
/** Table name → rows, in an order that satisfies the foreign keys. */
export type Rows = Readonly<Record<string, readonly Row[]>>

const CUSTOMERS = 120
const ORDERS = 260
const REVIEW_TRIES = 160
const FIRST_DAY = Date.UTC(2025, 0, 2)
const DAYS = 540

/** Mulberry32: small, and the same on every machine. */
const createRandom = (seed: number) => {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    chance: (share: number): boolean => next() < share,
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    digits: (pattern: string): string => pattern.replace(/#/g, () => String(below(10))),
  }
}
type Random = ReturnType<typeof createRandom>

/** Makes every table's rows. */
export const makeRows = (): Rows => {
  const random = createRandom(20_260_101)
  const employees = makeEmployees(random)
  const { customers, addresses } = makeCustomers(random)
  const { categories, products } = makeProducts(random)
  const { orders, items } = makeOrders(random, customers, addresses, products)
  const reviews = makeReviews(random, customers, products)
  return { customers, addresses, categories, products, employees, orders, order_items: items, reviews }
}

const makeEmployees = (random: Random): readonly Row[] =>
  TITLES.map(([title, manager_id], index) => {
    const first_name = FIRST_NAMES[(index * 7 + 3) % FIRST_NAMES.length] as string
    const last_name = LAST_NAMES[(index * 11 + 5) % LAST_NAMES.length] as string
    const hired_on = timestamp(Date.UTC(2016 + random.below(9), random.below(12), 1 + random.below(28))).slice(0, 10)
    return {
      id: index + 1,
      first_name,
      last_name,
      title,
      email: `${slug(first_name)}@shop.example`,
      manager_id,
      hired_on,
    }
  })

const makeCustomers = (random: Random): { readonly customers: readonly Row[]; readonly addresses: readonly Row[] } => {
  const customers: Row[] = []
  const addresses: Row[] = []
  for (let id = 1; id <= CUSTOMERS; id += 1) {
    // Each pair of names at most once: the second index also counts how often the first list was gone through.
    const first_name = FIRST_NAMES[(id * 7) % FIRST_NAMES.length] as string
    const last_name = LAST_NAMES[(id * 13 + Math.floor(id / FIRST_NAMES.length) * 3) % LAST_NAMES.length] as string
    const place = random.pick(PLACES)
    customers.push({
      id,
      first_name,
      last_name,
      email: `${slug(first_name)}.${slug(last_name)}@mail.example`,
      phone: random.chance(0.8) ? random.digits(`${place.dial} ### ####`) : null,
      city: place.city,
      country: place.country,
      newsletter: random.chance(0.4) ? 1 : 0,
      created_at: timestamp(FIRST_DAY + random.below(200) * DAY + random.below(DAY)),
    })
    addresses.push(makeAddress(random, addresses.length + 1, id, 'home', place))
    if (random.chance(0.25)) addresses.push(makeAddress(random, addresses.length + 1, id, 'work', place))
  }
  return { customers, addresses }
}

const makeAddress = (random: Random, id: number, customer_id: number, kind: string, place: Place): Row => ({
  id,
  customer_id,
  kind,
  street: `${random.pick(place.streets)} ${1 + random.below(120)}`,
  postcode: random.digits(place.postcode),
  city: place.city,
  country: place.country,
})

const makeProducts = (random: Random): { readonly categories: readonly Row[]; readonly products: readonly Row[] } => {
  const categories = CATEGORIES.map(({ name, description }, index) => ({ id: index + 1, name, description }))
  const products = CATEGORIES.flatMap((category, index) =>
    category.products.map(([name, price], position) => ({
      category_id: index + 1,
      sku: `${slug(category.name).slice(0, 3).toUpperCase()}-${(index + 1) * 1000 + position * 10}`,
      name,
      price: price / 100,
      stock: random.chance(0.1) ? 0 : 3 + random.below(200),
      active: random.chance(0.95) ? 1 : 0,
      description: null,
    })),
  ).map((product, index) => ({ id: index + 1, ...product }))
  return { categories, products }
}

const makeOrders = (
  random: Random,
  customers: readonly Row[],
  addresses: readonly Row[],
  products: readonly Row[],
): { readonly orders: readonly Row[]; readonly items: readonly Row[] } => {
  const orders: Row[] = []
  const items: Row[] = []
  for (let id = 1; id <= ORDERS; id += 1) {
    const customer = random.pick(customers)
    // Ids follow time, as they do in a real shop.
    const ordered = FIRST_DAY + (200 + Math.floor((id * (DAYS - 200)) / ORDERS)) * DAY + random.below(DAY)
    const status = id > ORDERS - 12 ? random.pick(['new', 'paid']) : statusOf(random)
    const shipped = status === 'shipped' || status === 'returned'
    orders.push({
      id,
      customer_id: customer.id as number,
      address_id: random.pick(addresses.filter((address) => address.customer_id === customer.id)).id as number,
      employee_id: random.chance(0.7) ? 5 + random.below(4) : null,
      status,
      ordered_at: timestamp(ordered),
      shipped_at: shipped ? timestamp(ordered + DAY + random.below(3 * DAY)) : null,
    })
    const wanted = new Set(Array.from({ length: 1 + random.below(4) }, () => random.pick(products)))
    for (const product of wanted) {
      const unit_price = product.price as number
      const quantity = random.chance(0.75) ? 1 : 2 + random.below(3)
      items.push({ id: items.length + 1, order_id: id, product_id: product.id as number, quantity, unit_price })
    }
  }
  return { orders, items }
}

const statusOf = (random: Random): string =>
  random.chance(0.86) ? 'shipped' : random.pick(['returned', 'cancelled', 'paid', 'cancelled'])

const makeReviews = (random: Random, customers: readonly Row[], products: readonly Row[]): readonly Row[] => {
  const reviews = new Map<string, Row>()
  for (let tries = 0; tries < REVIEW_TRIES; tries += 1) {
    const product_id = random.pick(products).id as number
    const customer_id = random.pick(customers).id as number
    const rating = random.pick([1, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5])
    const [title, body] = random.pick(REVIEWS[rating] ?? [])
    const created_at = timestamp(FIRST_DAY + (220 + random.below(DAYS - 220)) * DAY + random.below(DAY))
    // One review for each customer and product: a second one takes the first one's place.
    reviews.set(`${product_id}/${customer_id}`, { product_id, customer_id, rating, title, body, created_at })
  }
  return [...reviews.values()].map((review, index) => ({ id: index + 1, ...review }))
}

const DAY = 86_400_000
const timestamp = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ')
const slug = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z]/g, '')
