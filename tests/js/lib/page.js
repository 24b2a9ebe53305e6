/** A page for tests: elements in a tree, found by simple selectors, of which one has the keyboard's focus. */

const COMPOUND = /^([a-z]*)((?:[#.][\w-]+|\[[\w-]+(?:="?[^\]"]*"?)?\])*)$/;
const PART = /([#.])([\w-]+)|\[([\w-]+)(?:="?([^\]"]*)"?)?\]/g;
const TYPES = ["", "Button", "Form", "Image", "Input", "LI", "OList", "Template", "TextArea", "Time", "Video"];

export class FakeElement extends EventTarget {
  /** @type {FakeElement[]} */
  children = [];
  /** @type {FakeElement | null} */
  parentElement = null;
  /** @type {Record<string, string>} */
  attributes = {};
  /** @type {Record<string, any>} */
  dataset = {};
  hidden = false;
  disabled = false;
  value = "";
  scrollTop = 0;
  offsetTop = 0;
  clientHeight = 0;
  #text = "";

  /** @param {string} tag */
  constructor(tag) {
    super();
    this.tag = tag;
  }

  get ownerDocument() {
    return page;
  }

  get content() {
    return this;
  }

  get isConnected() {
    return page.body.contains(this);
  }

  /** @returns {string} */
  get textContent() {
    return this.children.length ? this.children.map(({ textContent }) => textContent).join(" ") : this.#text;
  }

  set textContent(words) {
    this.replaceChildren();
    this.#text = words;
  }

  get className() {
    return this.attributes.class ?? "";
  }

  set className(names) {
    this.attributes.class = names;
  }

  get tabIndex() {
    return Number(this.attributes.tabindex ?? 0);
  }

  set tabIndex(index) {
    this.attributes.tabindex = String(index);
  }

  /** @returns {FakeElement | null} */
  get firstElementChild() {
    return this.children[0] ?? null;
  }

  /** @returns {FakeElement | null} */
  get nextElementSibling() {
    const around = this.parentElement?.children ?? [];
    return around[around.indexOf(this) + 1] ?? null;
  }

  /** @param {string} name */
  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  /** @param {string} name */
  hasAttribute(name) {
    return name in this.attributes;
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  /** @param {string} name */
  removeAttribute(name) {
    delete this.attributes[name];
  }

  toggleAttribute() {}

  /** @param {FakeElement | null} other @returns {boolean} */
  contains(other) {
    return other === this || this.children.some((child) => child.contains(other));
  }

  /** @param {FakeElement[]} children */
  append(...children) {
    for (const child of children) this.insertBefore(child, null);
  }

  /** @param {FakeElement} child @param {FakeElement | null} before */
  insertBefore(child, before) {
    child.remove();
    this.children.splice(before ? this.children.indexOf(before) : this.children.length, 0, child);
    child.parentElement = this;
  }

  /** @param {FakeElement[]} children */
  replaceChildren(...children) {
    for (const child of [...this.children]) child.remove();
    this.append(...children);
  }

  /** As in a browser, whatever leaves the page, or is moved on it, loses the focus. */
  remove() {
    if (!this.parentElement) return;
    if (this.isConnected && this.contains(page.activeElement)) page.activeElement = page.body;
    this.parentElement.children = this.parentElement.children.filter((child) => child !== this);
    this.parentElement = null;
  }

  focus() {
    if (this.isConnected && !this.hidden) page.activeElement = this;
  }

  click() {
    this.dispatchEvent(new Event("click"));
  }

  reset() {
    for (const field of this.querySelectorAll("textarea")) field.value = "";
  }

  /** @returns {FakeElement} */
  cloneNode() {
    const copy = new FakeElement(this.tag);
    Object.assign(copy.attributes, this.attributes);
    Object.assign(copy.dataset, this.dataset);
    copy.#text = this.#text;
    copy.append(...this.children.map((child) => child.cloneNode()));
    return copy;
  }

  /** @param {string} selector */
  matches(selector) {
    const [, tag, parts] = COMPOUND.exec(selector) ?? [];
    if (parts === undefined) return false;
    if (tag && tag !== this.tag) return false;
    return [...parts.matchAll(PART)].every(([, sign, name, attribute = "", value]) => {
      if (sign === "#") return this.attributes.id === name;
      if (sign === ".") return this.className.split(" ").includes(name ?? "");
      const found = attribute.startsWith("data-") ? this.dataset[inCamelCase(attribute.slice(5))] : this.attributes[attribute];
      return found !== undefined && (value === undefined || found === value);
    });
  }

  /** @param {string} selector @returns {FakeElement[]} */
  querySelectorAll(selector) {
    const [first = "", ...rest] = selector.split(" ");
    const found = this.children.flatMap((child) => [...(child.matches(first) ? [child] : []), ...child.querySelectorAll(first)]);
    return rest.length ? found.flatMap((element) => element.querySelectorAll(rest.join(" "))) : found;
  }

  /** @param {string} selector */
  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }
}

/** The document. */
const page = {
  body: new FakeElement("body"),
  activeElement: /** @type {FakeElement | null} */ (null),
  createElement: (/** @type {string} */ tag) => new FakeElement(tag),
  querySelector: (/** @type {string} */ selector) => page.body.querySelector(selector),
};

/**
 * An element, by tag and what a selector would say of it: `li.mark`, `span[data-field=time]`.
 * @param {string} described
 * @param {FakeElement[]} children
 * @returns {any}
 */
export function element(described, ...children) {
  const [, tag = "", parts = ""] = COMPOUND.exec(described) ?? [];
  const made = new FakeElement(tag);
  for (const [, sign, name = "", attribute = "", value = ""] of parts.matchAll(PART)) {
    if (sign === "#") made.attributes.id = name;
    else if (sign === ".") made.className = `${made.className} ${name}`.trim();
    else if (attribute.startsWith("data-")) made.dataset[inCamelCase(attribute.slice(5))] = value;
    else made.attributes[attribute] = value;
  }
  made.append(...children);
  return made;
}

/**
 * Make this the page that scripts find themselves on; the focus is nowhere.
 * @param {FakeElement[]} children
 */
export function openPage(...children) {
  const types = Object.fromEntries(TYPES.map((name) => [`HTML${name}Element`, FakeElement]));
  Object.assign(globalThis, types, { Element: FakeElement, document: page });
  page.body = element("body", ...children);
  page.activeElement = page.body;
  return page;
}

/** @param {string} name */
function inCamelCase(name) {
  return name.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());
}
