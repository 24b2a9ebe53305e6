/**
 * Finding elements without null checks everywhere: each helper throws when the page is not what the script expects.
 */

/**
 * The element with this id.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} Type
 * @param {Document} [doc]
 * @returns {T}
 */
export function byId(id, Type, doc = document) {
  return checked(doc.getElementById(id), Type, `#${id}`);
}

/**
 * The first element under `root` that matches.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} Type
 * @returns {T}
 */
export function query(root, selector, Type) {
  return checked(root.querySelector(selector), Type, selector);
}

/**
 * A `data-*` value that must be there.
 * @param {HTMLElement} element
 * @param {string} key in camelCase, as `dataset` has it
 * @returns {string}
 */
export function dataset(element, key) {
  const value = element.dataset[key];
  if (value === undefined) throw new Error(`data attribute "${key}" is missing`);
  return value;
}

/**
 * The page's translated texts, from `data-messages`. The answer is a function from a key, and values for its
 * `{placeholders}`, to the text; an unknown key is a mistake of ours and throws.
 * @param {HTMLElement} element
 * @returns {Messages}
 */
export function messages(element) {
  /** @type {Record<string, string>} */
  const texts = JSON.parse(dataset(element, "messages"));
  return (key, values = {}) => {
    const text = texts[key];
    if (text === undefined) throw new Error(`no text for "${key}"`);
    return fill(text, values);
  };
}

/**
 * Make `items` the children of a list. What is in its place is not touched, and the keyboard's focus stays where it is.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} items
 */
export function arrange(list, items) {
  const focused = list.ownerDocument.activeElement;
  const wanted = new Set(/** @type {Element[]} */ (items));
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  let present = list.firstElementChild;
  for (const item of items) {
    if (item === present) present = present.nextElementSibling;
    else list.insertBefore(item, present);
  }
  // What had to be moved has lost it.
  if (focused instanceof HTMLElement && list.contains(focused)) focused.focus({ preventScroll: true });
}

/**
 * Put values where a text says `{name}`.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * @template {Element} T
 * @param {Element | null} element
 * @param {new () => T} Type
 * @param {string} name
 * @returns {T}
 */
function checked(element, Type, name) {
  if (!(element instanceof Type)) throw new Error(`${name} is missing or not a ${Type.name}`);
  return element;
}

/** @typedef {(key: string, values?: Record<string, string | number>) => string} Messages */
