// Sentences come from the server, with named places and, where something is counted, a form for each kind of number.

export class Texts {
  #texts;
  #forms;

  /**
   * @param {Record<string, string | Record<string, string>>} texts
   * @param {string} language
   */
  constructor(texts, language) {
    this.#texts = texts;
    this.#forms = new Intl.PluralRules(language);
  }

  /** The sentence of this name; `values.count` chooses its form. */
  say(name, values = {}) {
    const text = this.#texts[name];
    return filled(typeof text === "string" ? text : text[this.#forms.select(values.count)], values);
  }
}

/** A sentence with its named places filled. */
export function filled(text, values) {
  return text.replace(/%\((\w+)\)s|%%/g, (place, name) => (name ? String(values[name]) : "%"));
}
