/** The words that the sample shop is made of. Invented, or too common to be anyone's. */

// biome-ignore format: reads as a list
export const FIRST_NAMES = [
  'Ada', 'Amara', 'Anders', 'Anneke', 'Bruno', 'Carla', 'Chidi', 'Clara', 'Dario', 'Elif', 'Emil', 'Esther', 'Fatima',
  'Felix', 'Greta', 'Hana', 'Hugo', 'Ines', 'Ivo', 'Jonas', 'Katja', 'Kofi', 'Lena', 'Liam', 'Linnea', 'Louis', 'Maja',
  'Marta', 'Milan', 'Nadia', 'Noor', 'Olga', 'Oskar', 'Paula', 'Rafael', 'Rosa', 'Samir', 'Sofia', 'Theo', 'Yuki',
] as const

// biome-ignore format: reads as a list
export const LAST_NAMES = [
  'Almeida', 'Andersen', 'Bauer', 'Berg', 'Blanc', 'Castillo', 'Conti', 'Dekker', 'Dubois', 'Eriksen', 'Ferrari',
  'Fischer', 'Garnier', 'Haas', 'Hansen', 'Ito', 'Janssen', 'Kaya', 'Keller', 'Kowalska', 'Laurent', 'Lindqvist',
  'Lopez', 'Mensah', 'Meyer', 'Moretti', 'Nielsen', 'Novak', "O'Brien", 'Okafor', 'Petrov', 'Roux', 'Santos', 'Sato',
  'Schmid', 'Silva', 'Taylor', 'Virtanen', 'Walker', 'Weber',
] as const

export interface Place {
  readonly city: string
  readonly country: string
  readonly dial: string
  readonly streets: readonly string[]
  /** `#` stands for a digit. */
  readonly postcode: string
}

// biome-ignore format: reads as a table
export const PLACES: readonly Place[] = [
  { city: 'Amsterdam', country: 'NL', dial: '+31 20', postcode: '10## XB', streets: ['Lindengracht', 'Prinsenstraat', 'Waterweg'] },
  { city: 'Barcelona', country: 'ES', dial: '+34 93', postcode: '080##', streets: ['Carrer del Mar', 'Carrer Nou', 'Passeig Verd'] },
  { city: 'Berlin', country: 'DE', dial: '+49 30', postcode: '10###', streets: ['Gartenstraße', 'Kastanienallee', 'Uferweg'] },
  { city: 'Copenhagen', country: 'DK', dial: '+45 33', postcode: '21##', streets: ['Havnegade', 'Møllevej', 'Strandvej'] },
  { city: 'Dublin', country: 'IE', dial: '+353 1', postcode: 'D0# K2#8', streets: ['Bridge Street', 'Harbour Road', 'Mill Lane'] },
  { city: 'Gdańsk', country: 'PL', dial: '+48 58', postcode: '80-###', streets: ['Długa', 'Ogrodowa', 'Portowa'] },
  { city: 'Helsinki', country: 'FI', dial: '+358 9', postcode: '00##0', streets: ['Kalliokatu', 'Rantatie', 'Satamakatu'] },
  { city: 'Lisbon', country: 'PT', dial: '+351 21', postcode: '1#00-###', streets: ['Rua da Fonte', 'Rua do Sol', 'Travessa Nova'] },
  { city: 'Lyon', country: 'FR', dial: '+33 4', postcode: '6900#', streets: ['Place Neuve', 'Quai des Tilleuls', 'Rue du Marché'] },
  { city: 'Vienna', country: 'AT', dial: '+43 1', postcode: '10#0', streets: ['Am Graben', 'Lindengasse', 'Neugasse'] },
]

export interface Category {
  readonly name: string
  readonly description: string
  /** Name and price in cents. */
  readonly products: readonly (readonly [name: string, price: number])[]
}

// biome-ignore format: reads as a table
export const CATEGORIES: readonly Category[] = [
  { name: 'Coffee & tea', description: 'Beans, leaves and what it takes to brew them.', products: [['House espresso, 1 kg', 2290], ['Filter roast, 500 g', 1450], ['Jasmine green tea', 890], ['Pour-over set', 3950], ['Hand grinder', 7900], ['Milk jug, 350 ml', 1890]] },
  { name: 'Kitchen', description: 'Tools that stay sharp and pans that stay flat.', products: [['Chef’s knife, 20 cm', 8900], ['Cast-iron pan, 26 cm', 5450], ['Beech spoon set', 1690], ['Salad bowl, ash', 4200], ['Linen tea towel', 1290], ['Kitchen scale', 3290]] },
  { name: 'Lighting', description: 'Lamps for reading, working and doing neither.', products: [['Desk lamp, brass', 12900], ['Paper pendant', 4990], ['Reading light, clip', 2490], ['Bedside lamp, oak', 6900], ['LED bulb, warm', 690]] },
  { name: 'Stationery', description: 'Paper, and things to put on it.', products: [['Notebook A5, dotted', 1190], ['Fountain pen, fine', 3490], ['Ink, midnight blue', 1290], ['Desk pad, felt', 2790], ['Pencil set, 12 HB', 990], ['Wall calendar', 1890]] },
  { name: 'Garden', description: 'For balconies with ambition.', products: [['Watering can, 5 l', 2690], ['Herb seeds, six kinds', 1490], ['Secateurs', 3990], ['Terracotta pot, 24 cm', 1790], ['Bird feeder', 3290]] },
  { name: 'Textiles', description: 'Wool, linen and cotton that last.', products: [['Wool blanket', 11900], ['Linen duvet cover', 14900], ['Bath towel, 70 × 140', 2990], ['Cushion, corduroy', 3490], ['Felt slippers', 4590]] },
  { name: 'Travel', description: 'For the weekend, or for longer.', products: [['Canvas weekender', 13900], ['Packing cubes, three', 2990], ['Water bottle, 750 ml', 2790], ['Rain poncho', 3990], ['Luggage tag, leather', 1490]] },
  { name: 'Games', description: 'To be played at a table, with people.', products: [['Chess set, maple', 6900], ['Dominoes', 1990], ['Card deck, linen', 1290], ['Jigsaw, 1000 pieces', 2490]] },
]

/** Title, then who leads whom: a chain of command is a tree, the first row its root. */
// biome-ignore format: reads as a table
export const TITLES: readonly (readonly [title: string, manager: number | null])[] = [
  ['Managing director', null], ['Head of sales', 1], ['Head of logistics', 1], ['Head of purchasing', 1],
  ['Account manager', 2], ['Account manager', 2], ['Customer service', 2], ['Customer service', 2],
  ['Warehouse lead', 3], ['Dispatcher', 9], ['Dispatcher', 9], ['Buyer', 4],
]

/** Title and text of a review, by rating. */
// biome-ignore format: reads as a table
export const REVIEWS: Readonly<Record<number, readonly (readonly [title: string, body: string | null])[]>> = {
  1: [['Broke within a week', 'The replacement arrived quickly, I will say that.'], ['Not as pictured', null]],
  2: [['Smaller than I thought', 'Read the measurements, they are right there.'], ['Meh', null]],
  3: [['Does what it should', null], ['Fine for the price', 'Nothing special, nothing wrong.']],
  4: [['Very nice', 'One star off for the packaging.'], ['Good, would buy again', null], ['Sturdy', 'Heavier than expected, in a good way.']],
  5: [['Perfect', null], ['Better than expected', 'Bought a second one for my sister.'], ['Love it', 'In use every day since it came.'], ['Five stars', 'Fast delivery, lovely note in the box.']],
}
