import { invalidState } from "./errors.ts";

/**
 * The operations chain of a peer connection: one at a time, in the order of the calls.
 * https://www.w3.org/TR/webrtc/#chain-an-asynchronous-operation
 * One departure: what waits when the connection is closed rejects, where the W3C lets it wait for ever.
 */
export class OperationsChain {
  #last: Promise<unknown> = Promise.resolve();
  #length = 0;
  #closed = false;
  #emptied: () => void;

  constructor(emptied: () => void) {
    this.#emptied = emptied;
  }
  get empty(): boolean {
    return this.#length === 0;
  }
  close(): void {
    this.#closed = true;
  }

  run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(invalidState("the connection is closed"));
    ++this.#length;
    const result = this.#last.then(() => {
      if (this.#closed) throw invalidState("the connection is closed");
      return operation();
    });
    this.#last = result
      .catch(() => undefined)
      .then(() => {
        if (--this.#length === 0 && !this.#closed) this.#emptied();
      });
    return result;
  }
}
