import { describe, type Field, isField, isFile, isSlider, kindOf, makeElement, place, roving } from "./elements.ts";
import { has, type NodeRow, readNode, type SemanticNode } from "./semantics.ts";

/** Where what a person does with the elements goes. */
export interface MirrorHooks {
  click(node: number): void;
  text(node: number, text: string): void;
  value(node: number, value: number): void;
  file(node: number, file: File): void;
  submit(node: number): void;
  focus(node: number): void;
}

interface Entry {
  element: HTMLElement;
  node: SemanticNode;
  kind: string;
  /** The row as it came but for its place, to see at once that it says the same. */
  words: string;
}

/** What a person has typed into a field and the interface has not confirmed. */
interface Typed {
  composing: boolean;
  sent: Set<string>;
}

/**
 * Real elements, transparent, over the picture: one for each node of the interface, and the only way in for clicks and text.
 * A change touches only what has changed; the element that has the focus is never moved or rewritten.
 */
export class Mirror {
  #root: HTMLElement;
  #hooks: MirrorHooks;
  #entries = new Map<number, Entry>();
  #typed = new WeakMap<Field, Typed>();
  #inert: HTMLElement[] = [];
  #lastScale = 0;

  constructor(root: HTMLElement, hooks: MirrorHooks) {
    this.#root = root;
    this.#hooks = hooks;
    root.addEventListener("click", (event) => this.#clicked(event));
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#hooks.submit(idOf(event.target));
    });
    root.addEventListener("input", (event) => this.#changed(event.target));
    root.addEventListener("compositionstart", ({ target }) => isField(target) && (this.#typing(target).composing = true));
    root.addEventListener("compositionend", ({ target }) => {
      if (!isField(target)) return;
      this.#typing(target).composing = false;
      this.#changed(target);
    });
    root.addEventListener("focusin", ({ target }) => {
      this.#rove(target as HTMLElement);
      this.#hooks.focus(idOf(target));
    });
    root.addEventListener("focusout", ({ relatedTarget }) => relatedTarget === null && this.#hooks.focus(0));
  }

  /** Lists move under wheel or finger: their elements are those of an earlier frame, and transparent text is drawn like any other. */
  set moving(moving: boolean) {
    this.#root.classList.toggle("moving", moving);
  }

  element(node: number): HTMLElement | undefined {
    return this.#entries.get(node)?.element;
  }
  node(element: Element | null): SemanticNode | undefined {
    return this.#entries.get(idOf(element))?.node;
  }
  /** Node of the element that has the focus; 0: none. */
  get focused(): number {
    return idOf(document.activeElement);
  }

  /** @param json  Shell.semantics(). @param scale  device pixels of a CSS pixel. */
  apply(json: string, scale: number): void {
    const rescaled = scale !== this.#lastScale;
    this.#lastScale = scale;
    const rows = JSON.parse(json) as (NodeRow | number)[];
    const focusBefore = this.focused;
    const children = new Map<number, HTMLElement[]>([[0, []]]);
    const kept = new Set<number>();
    const dirty: Entry[] = [];
    // Places are told within the parent: who has moved takes the children along.
    const moved = new Set<number>();
    for (const row of rows) {
      const { entry, reworded, replaced } = this.#entry(row);
      const { id, parent } = entry.node;
      kept.add(id);
      if (replaced) moved.add(id);
      if (reworded) dirty.push(entry);
      else if (replaced || rescaled || moved.has(parent)) this.#place(entry, scale);
      const siblings = children.get(parent);
      if (siblings) siblings.push(entry.element);
      else children.set(parent, [entry.element]);
    }
    for (const [id, entry] of this.#entries)
      if (!kept.has(id)) {
        this.#entries.delete(id);
        entry.element.remove();
      }
    for (const entry of dirty) this.#update(entry, children.has(entry.node.id), scale);
    this.#arrange(this.#root, children.get(0) ?? []);
    for (const [id, entry] of this.#entries) if (entry.node.role in roving || children.has(id)) this.#arrange(entry.element, children.get(id) ?? []);
    this.#makeInert();
    this.#roveAll();
    if (focusBefore !== 0 && this.focused === 0) this.#hooks.focus(0);
  }

  /** Whether F6 has no further pane to go to: panes are the outermost elements with something for the keyboard, dialogs first. */
  isLastPane(element: Element): boolean {
    const panes = [...this.#root.children].filter((one): one is HTMLElement => one instanceof HTMLElement && !one.inert && one.querySelector(focusable) !== null);
    const last = panes.filter((one) => one.dataset["role"] !== "dialog").at(-1) ?? panes.at(-1);
    return last?.contains(element) ?? false;
  }

  /** Give it the focus, or what in it can have it. */
  focus(node: number): void {
    const element = this.element(node);
    if (!element) return;
    element.focus({ preventScroll: true });
    if (document.activeElement !== element) element.querySelector<HTMLElement>(focusable)?.focus({ preventScroll: true });
  }

  #entry(row: NodeRow | number): { entry: Entry; reworded: boolean; replaced: boolean } {
    if (typeof row === "number") {
      const entry = this.#entries.get(row);
      if (!entry) throw new Error(`node ${row} stays, but was never told`);
      return { entry, reworded: false, replaced: false };
    }
    const rect = row[9] ?? [0, 0, 0, 0];
    if (row.length > 9) row[9] = undefined;
    const words = JSON.stringify(row);
    row[9] = rect;
    const known = this.#entries.get(row[0]);
    const replaced = !known?.node.rect.every((edge, at) => edge === rect[at]);
    // A list that is scrolled moves many and changes few.
    if (known?.words === words) {
      if (replaced) known.node = { ...known.node, rect };
      return { entry: known, reworded: false, replaced };
    }
    const node = readNode(row);
    const kind = kindOf(node);
    if (known && known.kind === kind) {
      known.node = node;
      known.words = words;
      return { entry: known, reworded: true, replaced };
    }
    known?.element.remove();
    const entry = { element: makeElement(node), node, kind, words };
    this.#entries.set(node.id, entry);
    return { entry, reworded: true, replaced: true };
  }

  #place({ element, node }: Entry, scale: number): void {
    const parent = this.#entries.get(node.parent)?.node;
    place(element, node, parent ? [parent.rect[0], parent.rect[1]] : [0, 0], scale);
  }

  #update(entry: Entry, hasChildren: boolean, scale: number): void {
    const { element, node } = entry;
    const wasHere = element.isConnected;
    if (node.role === "alert" && !wasHere) {
      // Read out only when it changes after it is there.
      describe(element, { ...node, label: "", value: "" }, true);
      setTimeout(() => describe(element, this.#entries.get(node.id)?.node ?? node, true), 50);
    } else describe(element, node, !hasChildren);
    this.#place(entry, scale);
    if (isField(element)) this.#write(element, node.value);
  }

  /** The interface has its own mind about a text: but never over what is being typed. */
  #write(field: Field, value: string): void {
    const typed = this.#typing(field);
    if (field.value === value) return typed.sent.clear();
    if (typed.composing || (field === document.activeElement && typed.sent.has(value))) return;
    field.value = value;
    typed.sent.clear();
  }

  #typing(field: Field): Typed {
    let typed = this.#typed.get(field);
    if (!typed) this.#typed.set(field, (typed = { composing: false, sent: new Set() }));
    return typed;
  }

  #changed(target: EventTarget | null): void {
    if (isField(target)) {
      this.#typing(target).sent.add(target.value);
      this.#hooks.text(idOf(target), target.value);
    } else if (isSlider(target)) this.#hooks.value(idOf(target), Number(target.value));
    else if (isFile(target)) {
      const [file] = target.files ?? [];
      if (file) this.#hooks.file(idOf(target), file);
      // The same file may be chosen once more.
      target.value = "";
    }
  }

  #clicked(event: Event): void {
    const pressed = event.target instanceof Element ? event.target.closest<HTMLElement>(".pressable") : null;
    if (!pressed || pressed.getAttribute("aria-disabled") === "true") return;
    // A form is submitted by its submit event alone, a link opens by itself.
    if (pressed instanceof HTMLButtonElement && pressed.type === "submit" && pressed.form) return;
    if (pressed instanceof HTMLAnchorElement) return;
    this.#hooks.click(idOf(pressed));
  }

  /** Children in their order. The one that has the focus stays where it is and the others go around it: moved, it would lose it. */
  #arrange(parent: HTMLElement, wanted: readonly HTMLElement[]): void {
    let cursor: ChildNode | null = parent.firstChild;
    while (cursor instanceof Text) cursor = cursor.nextSibling;
    for (const element of wanted) {
      if (element === cursor) {
        cursor = cursor.nextSibling;
        continue;
      }
      if (cursor && element.parentNode === parent && element.contains(document.activeElement)) {
        while (cursor && cursor !== element) {
          const next: ChildNode | null = cursor.nextSibling;
          parent.append(cursor);
          cursor = next;
        }
        cursor = element.nextSibling;
        continue;
      }
      parent.insertBefore(element, cursor);
    }
  }

  /** Beside a modal dialog nothing can be reached. */
  #makeInert(): void {
    const modal = [...this.#entries.values()].findLast(({ node }) => node.role === "dialog" && has(node, "modal"));
    const inert: HTMLElement[] = [];
    for (let at: HTMLElement | null | undefined = modal?.element; at && at !== this.#root; at = at.parentElement)
      for (const sibling of at.parentElement?.children ?? []) if (sibling !== at && sibling instanceof HTMLElement) inert.push(sibling);
    for (const one of this.#inert) if (!inert.includes(one)) one.inert = false;
    for (const one of inert) one.inert = true;
    this.#inert = inert;
  }

  #roveAll(): void {
    for (const { element, node } of this.#entries.values()) if (node.role in roving) this.#roveIn(element);
  }
  #rove(target: HTMLElement): void {
    const list = listOf(target);
    if (list) this.#roveIn(list);
  }
  /** One stop for Tab in a list: what has the focus, else what is chosen, else the first. */
  #roveIn(list: HTMLElement): void {
    const items = itemsOf(list);
    const stop =
      items.find((one) => one === document.activeElement) ??
      items.find((one) => one.getAttribute("aria-selected") === "true" || one.getAttribute("aria-checked") === "true" || one.hasAttribute("aria-current")) ??
      items[0];
    for (const item of items) {
      const index = item === stop ? 0 : -1;
      if (item.tabIndex !== index || !item.hasAttribute("tabindex")) item.tabIndex = index;
    }
  }
}

const focusable = "button:not(:disabled), input:not(:disabled), textarea:not(:disabled), a[href], [tabindex='0']";

/** @returns 0 for what is no element of the mirror. */
export function idOf(target: EventTarget | null): number {
  return target instanceof HTMLElement ? Number(target.dataset["node"] ?? 0) : 0;
}

/** The list, tab list or group of radios whose item this is. */
export function listOf(item: HTMLElement): HTMLElement | null {
  const list = item.parentElement;
  const wanted = list && (roving as Record<string, string>)[list.dataset["role"] ?? ""];
  return wanted !== undefined && wanted === item.dataset["role"] ? list : null;
}

/** What arrows move through. */
export function itemsOf(list: HTMLElement): HTMLElement[] {
  const wanted = (roving as Record<string, string>)[list.dataset["role"] ?? ""];
  return [...list.children].filter(
    (one): one is HTMLElement => one instanceof HTMLElement && one.dataset["role"] === wanted && (one.hasAttribute("tabindex") || one instanceof HTMLButtonElement),
  );
}
