/** The interface with its core behind it, as a stage drives it: the page's module under node, or a native window. */
export interface Machine {
  /** Device pixels; device pixels of a CSS pixel. */
  resize(width: number, height: number, scale: number): void;
  /** @param table  as Locale::load() takes it. */
  speak(language: string, table: string): void;
  /** @param theme  0 light, 1 dark, 2 contrast. */
  prefer(theme: number, textScale: number): void;
  /** @throws where they are not what shell/facts.hpp says. */
  facts(json: string): void;
  /** @returns the client's commands as JSON. */
  dispatch(event: string): string;
  intentDone(json: string): void;
  click(node: number): void;
  text(node: number, text: string): void;
  submit(form: number): void;
  key(chord: string): void;
  /** Device pixels. */
  point(x: number, y: number): void;
  /** @returns what it brought: 1 pixels, 2 semantics, 4 something in the outbox. */
  frame(nowMs: number, unixS: number): number;
  /** JSON of shell/semantics.hpp. */
  semantics(): string;
  /** JSON of shell/outbox.hpp; it is empty afterwards. */
  outbox(): string;
  close(): void;
}

/** Files of fonts; the first of each weight are looked in first. */
export interface FontFiles {
  regular: string[];
  strong: string[];
}
