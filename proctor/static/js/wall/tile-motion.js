/** How tiles come to other places: they slide there, and what has the focus keeps it. */

const MOVE_MS = 260;

/**
 * Puts elements into this order; those that stay next to each other are not touched.
 * @param {HTMLElement} root
 * @param {HTMLElement[]} elements in order: all that `root` shall begin with
 * @param {HTMLElement[]} sliding those of them that are seen on their way
 */
export function rearrange(root, elements, sliding) {
  const focused = document.activeElement;
  const before = sliding.map((element) => element.getBoundingClientRect());
  let next = root.firstElementChild;
  for (const element of elements) {
    if (element === next) next = next.nextElementSibling;
    else root.insertBefore(element, next);
  }
  // All places are read before anything slides: in turns, the browser would lay the page out for each tile.
  const after = sliding.map((element) => element.getBoundingClientRect());
  sliding.forEach((element, index) => slide(element, before[index], after[index]));
  // Moving a tile in the document takes the focus away from what is in it.
  const wasMoved = focused !== document.activeElement && focused instanceof HTMLElement && focused.isConnected;
  if (wasMoved) focused.focus({ preventScroll: true });
}

/**
 * Lets an element slide to where it stands now.
 * @param {HTMLElement} element
 * @param {DOMRect | undefined} from
 * @param {DOMRect | undefined} to
 */
function slide(element, from, to) {
  if (!from || !to) return;
  const [x, y] = [from.left - to.left, from.top - to.top];
  if (!x && !y) return;
  element.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: MOVE_MS, easing: "ease-out" });
}
