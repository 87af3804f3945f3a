// Names in a spreadsheet are not written quite as ours: without accents, surname first, the first name as a letter.

// Letters that do not come apart into a letter and an accent.
const LETTERS = { ł: "l", đ: "d", ø: "o", ß: "ss", æ: "ae", œ: "oe" };

/** A text without what spelling leaves open: case, accents, marks, spaces. */
export function folded(text) {
  const plain = text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  return plain.replace(/[łđøßæœ]/g, (letter) => LETTERS[letter]).match(/[\p{L}\p{N}]+/gu)?.join(" ") ?? "";
}

/**
 * A function from a text to the place of the one name it can mean; -1 when there is none, or more than one.
 * @param {string[]} names
 */
export function finder(names) {
  const places = new Map();
  names.forEach((name, place) => {
    for (const key of spellings(folded(name))) places.set(key, places.has(key) ? -1 : place);
  });
  return (text) => places.get(sorted(folded(text))) ?? -1;
}

function spellings(name) {
  const words = name.split(" ");
  const short = words.length > 1 ? [[words[0][0], ...words.slice(1)]] : [];
  return new Set([words, ...short].map((some) => sorted(some.join(" "))));
}

function sorted(name) {
  return name.split(" ").sort().join(" ");
}
