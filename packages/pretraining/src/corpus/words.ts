/** Singular, plural. */
export type Noun = readonly [singular: string, plural: string];

/** Words of the corpus. */
export const names = [
  'Ada', 'Anton', 'Bela', 'Bruno', 'Carla', 'Chen', 'Dalia', 'Dario', 'Edith', 'Emeka', 'Farid', 'Freya', 'Goran', 'Gwen', 'Hana', 'Hugo', 'Ines', 'Ivo', 'Jun', 'Karim', 'Kofi',
  'Lena', 'Mira', 'Nils', 'Olga', 'Pia', 'Rosa', 'Sami', 'Tara', 'Yusuf',
];
export const nouns: readonly Noun[] = [
  ['marble', 'marbles'], ['stamp', 'stamps'], ['pear', 'pears'], ['pencil', 'pencils'], ['shell', 'shells'], ['coin', 'coins'], ['ticket', 'tickets'], ['button', 'buttons'],
  ['apple', 'apples'], ['book', 'books'], ['card', 'cards'], ['egg', 'eggs'], ['flower', 'flowers'], ['nut', 'nuts'], ['plum', 'plums'], ['ring', 'rings'], ['stone', 'stones'],
  ['toy', 'toys'], ['bag', 'bags'], ['box', 'boxes'], ['basket', 'baskets'], ['jar', 'jars'], ['bird', 'birds'], ['lamp', 'lamps'], ['chair', 'chairs'], ['boat', 'boats'],
  ['cup', 'cups'], ['horse', 'horses'], ['spoon', 'spoons'], ['rope', 'ropes'], ['friend', 'friends'], ['letter', 'letters'], ['candle', 'candles'], ['brick', 'bricks'],
];
export const adjectives = ['red', 'small', 'old', 'green', 'heavy', 'round', 'clean', 'cheap', 'white', 'broken', 'new', 'dark', 'fine', 'warm'];
export const places = ['the garden', 'the table', 'the kitchen', 'the market', 'the river', 'the house', 'the bridge', 'the shop', 'the field', 'the station', 'the roof', 'the school'];
/** What makes somebody have more, or fewer, of something. */
export const gains = ['finds', 'buys', 'gets', 'wins', 'collects', 'picks up', 'makes', 'borrows'];
export const losses = ['loses', 'sells', 'gives away', 'throws out', 'breaks', 'drops', 'lends', 'burns'];
/** What changes nothing. */
export const others = ['sees', 'counts', 'paints', 'keeps', 'wants', 'likes', 'owns', 'has', 'shares', 'moves'];
